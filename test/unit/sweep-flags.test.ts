import { describe, expect, it } from 'vitest'
import { planSweep, type SweepTexts } from '../../src/api/plan-sweep.js'

const refusal = (flags: SweepTexts): string => {
  try {
    planSweep(flags)
  } catch (error) {
    expect(error).toMatchObject({ code: 'RPB_USAGE' })
    return (error as Error).message
  }
  return ''
}

describe('the flags of a sweep', () => {
  it('make a point of every combination of their values', () => {
    const { plan } = planSweep({ procs: '1..4*2', rate: '1k,2k', flows: '50', warmup: '0s', repeat: '2' })
    expect(plan.axes).toEqual([
      { flag: 'procs', values: ['1', '2', '4'] },
      { flag: 'rate', values: ['1k', '2k'] },
    ])
    expect(plan.points.map(({ plan: run }) => [run.procs, run.rateHz, run.flows, run.warmupNs])).toEqual(
      [1, 2, 4].flatMap((procs) => [1000, 2000].map((rate) => [procs, rate, 50, 0])),
    )
    expect(plan.order.map((points) => points.length)).toEqual([6, 6])
  })

  it('default to three repetitions of two seconds, or to as many requests as are asked for', () => {
    expect(planSweep({}).plan).toMatchObject({ repeat: 3, axes: [], points: [{ plan: { durationNs: 2e9 } }] })
    expect(planSweep({ requests: '5' }).plan.points[0]!.plan).not.toHaveProperty('durationNs')
  })

  it('are remembered as they were given, so that the same plan comes of them again', () => {
    const flags = { procs: '1,2', rate: '1k..3k/1k', repeat: '2', seed: '5' }
    const { supplied, plan } = planSweep(flags)
    expect(supplied).toEqual(flags)
    expect(planSweep(supplied).plan).toEqual(plan)
  })

  it('leave out combinations that make no sense, and say why', () => {
    const { plan } = planSweep({ procs: '1,2,3', 'slow-member': '1:1ms' })
    expect(plan.points.map(({ index, flags }) => [index, flags['procs']])).toEqual([
      [0, '2'],
      [1, '3'],
    ])
    expect(plan.skipped).toEqual([
      { flags: { procs: '1' }, reason: expect.stringMatching(/^--slow-member 1 is not a member/) as string },
    ])
    expect(refusal({ procs: '1,2', 'slow-member': '2:1ms' })).toMatch(/^--slow-member 2 is not a member/)
  })

  it.each<[SweepTexts, RegExp]>([
    [{ procs: '1,x' }, /^--procs 'x' is not a whole number/],
    [{ procs: '1,300' }, /^--procs '300' is too large: 256 at most/],
    [{ procs: '100..300/100' }, /^--procs '300' is too large/],
    [{ steering: 'hash,hush' }, /^--steering is hash or .*, not "hush"/],
    [{ rate: '1k..5k' }, /^--rate '1k\.\.5k' is not a range/],
    [{ repeat: '0' }, /^--repeat '0' is too small/],
    [
      { flows: '1..1000/1', repeat: '6' },
      /^1,000 combinations × 6 repetitions make 6,000 runs: 5,000 at most; .*lower --repeat/,
    ],
    [{ 'goal-width': '1%' }, /^--goal-width goes with --find/],
    [{ find: 'loss<1%', repeat: '2' }, /^--repeat and --find exclude each other/],
    [{ find: 'loss<1%', requests: '2' }, /^--requests and --find exclude each other/],
    [{ find: 'loss<1%', 'in-flight': '2' }, /^--in-flight and --find exclude each other/],
    [{ find: 'loss<1%', duration: '1s,2s' }, /^--duration takes one value with --find/],
    [{ find: 'loss<1%', rate: '1k,2k' }, /^--rate '1k,2k' is not where a search can look: .*1k\.\.200k/],
    [{ find: 'loss<1%', rate: '1k..9k/1k' }, /is not where a search can look/],
    [{ find: 'loss<1%', rate: '9k..1k' }, /^--rate '9k\.\.1k' leaves nothing to search/],
    [{ find: 'loss<1%', 'exceed-ratio': '1' }, /^--exceed-ratio '1' is too large: 90\.0 % at most/],
    [{ find: 'loss<1%', 'goal-width': '0' }, /^--goal-width '0' is too small: 0\.1 % at least/],
    [{ find: 'less' }, /^--find 'less' is not a goal/],
  ])('are refused when wrong: %o', (flags, sentence) => expect(refusal(flags)).toMatch(sentence))

  it('describe a search in the terms of the draft', () => {
    const { goal, plan } = planSweep({ procs: '1,2', find: 'loss<0.1% && p99<5ms', rate: '1k..200k' })
    expect(plan.repeat).toBe(1)
    expect(goal).toMatchObject({
      finalTrialNs: 2e9,
      initialTrialNs: 500e6,
      durationSumNs: 6e9,
      exceedRatio: 0.5,
      width: 0.05,
      range: { leastHz: 1000, mostHz: 200_000 },
    })
    expect(planSweep({ find: 'loss<1%', duration: '10s' }).goal).toMatchObject({
      initialTrialNs: 2.5e9,
      durationSumNs: 30e9,
    })
    expect(planSweep({ find: 'loss<1%' }).goal).not.toHaveProperty('range')
  })
})
