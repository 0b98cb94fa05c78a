import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { spreadOf } from '../../src/metrics/spread.js'
import { drawChart } from '../../src/report/chart.js'
import { createStyle } from '../../src/report/style.js'
import { sweepCsv } from '../../src/report/sweep/csv.js'
import { sweptAxis } from '../../src/report/sweep-pictures.js'
import { renderSweepText } from '../../src/report/sweep/text.js'
import { sweepResult, type SweepResult } from '../../src/result/sweep-result.js'
import { sampleRun, sampleSweep, sampleSweepPlan } from './sample-sweep.js'

const render = (result: SweepResult, columns = 120, unicode = true): string =>
  renderSweepText(result, {
    columns,
    color: false,
    unicode,
    savedTo: ['results/x-sweep.json', 'results/x-sweep.csv'],
  })

const goal = {
  conditions: [{ quantity: 'loss' as const, inclusive: false, limit: 0.001 }],
  finalTrialNs: 2e9,
  initialTrialNs: 0.5e9,
  durationSumNs: 6e9,
  exceedRatio: 0.5,
  width: 0.05,
  range: { leastHz: 1000, mostHz: 50_000 },
}

/** Searches that ended in each of the ways there are, by point. */
function sampleSearches(): SweepResult {
  const plan = sampleSweepPlan([{ flag: 'procs', values: ['1', '2', '4'] }], 1)
  const trial = (point: number, loadHz: number, outcome: 'good' | 'bad' | 'limited') =>
    sampleRun({
      point,
      flags: plan.points[point]!.flags,
      trial: {
        purpose: 'search',
        loadHz,
        trialNs: 2e9,
        outcome,
        violated: outcome === 'good' ? [] : ['loss'],
      },
    })
  const twice = (point: number, loadHz: number, outcome: 'good' | 'bad' | 'limited') =>
    Array.from({ length: 2 }, () => trial(point, loadHz, outcome))
  return sampleSweep({ plan, goal, supplied: { procs: '1,2,4', find: 'loss<0.1%' } }, [
    ...twice(0, 10_000, 'good'),
    ...twice(0, 10_400, 'bad'),
    ...twice(1, 50_000, 'good'),
    ...twice(2, 30_000, 'good'),
    ...twice(2, 31_000, 'limited'),
  ])
}

describe('the median and the range of repetitions', () => {
  it.each([
    [[3, 1, 2], { median: 2, min: 1, max: 3 }],
    [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4 }],
    [[7], { median: 7, min: 7, max: 7 }],
  ])('of %j are those', (values, expected) => expect(spreadOf(values)).toEqual(expected))

  it('are unknown of nothing', () => expect(spreadOf([])).toBeUndefined())
})

describe('the result of a sweep', () => {
  it('follows its schema, with a search and without', () => {
    for (const result of [sampleSweep(), sampleSearches(), sampleSweep({ interrupted: true }, [])])
      expect(sweepResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result)
  })

  it('has the median and the range of each point', () => {
    const { points } = sampleSweep()
    expect(points[1]).toMatchObject({
      flags: { procs: '1', rate: '10k' },
      runs: { valid: 2, suspect: 0, invalid: 0, failed: 0 },
      summary: {
        roundTripsPerSecond: { median: 10_100, min: 10_000, max: 10_200 },
        p99Ns: { median: 1_129_600 },
      },
    })
  })

  it('counts runs that are no measurement, and takes no figure of them', () => {
    const runs = [
      sampleRun(),
      sampleRun({
        repetition: 1,
        roundTripsPerSecond: 1,
        validity: { verdict: 'invalid', findings: ['x'], notes: [] },
      }),
      sampleRun({ point: 1, stopped: 'failed' }),
    ]
    const { points } = sampleSweep({}, runs)
    expect(points[0]).toMatchObject({
      runs: { valid: 1, invalid: 1, failed: 0 },
      summary: { roundTripsPerSecond: { min: 10_000 } },
    })
    expect(points[1]).toMatchObject({ runs: { valid: 0, failed: 1 } })
    expect(points[1]).not.toHaveProperty('summary')
  })
})

describe('the report of a sweep', () => {
  it('has a row per point with its figures', () => {
    const text = render(sampleSweep())
    expect(text).toMatch(/^rpbench sweep {3}6 points · 2 repetitions · took 40 s$/m)
    expect(text).toMatch(/^ +procs +rate +round trips\/s +± +p50 +p99 /m)
    expect(text).toMatch(/^ +1 +10k +10,100 +1\.0 % +320 µs +1\.1 ms +0\.0 % +0 % +1\.020 +1\.030 +2$/m)
    expect(text).toContain('12 valid')
  })

  it('has pictures along the rate, with a letter for each of the other combinations', () => {
    const text = render(sampleSweep())
    expect(text).toContain('round trips/s by rate')
    expect(text).toContain('a procs 1 · b procs 2')
    expect(text, 'nothing was lost: that is no picture').not.toContain('loss by rate')
  })

  it('says what was left out, what failed and that it was interrupted', () => {
    const plan = { ...sampleSweepPlan(), skipped: [{ flags: { procs: '9' }, reason: 'Nine are too many.' }] }
    const runs = [
      sampleRun(),
      sampleRun({ point: 1, error: { code: 'RPB_FLOWS', message: 'No port is free.' } }),
      sampleRun({ point: 2, stopped: 'failed', failure: 'Nobody answered.' }),
    ]
    const text = render(sampleSweep({ plan, interrupted: true }, runs)).replaceAll(/\s+/g, ' ')
    expect(text).toContain('left out procs 9 · Nine are too many.')
    expect(text).toContain('failed 1 run No port is free.')
    expect(text).toContain('failed 1 run Nobody answered.')
    expect(text).toContain(
      'interrupted what was measured is here · rpbench sweep --resume results/x-sweep.json goes on',
    )
  })

  it('has a row per search, with what its figures mean', () => {
    const text = render(sampleSearches())
    expect(text).toMatch(/^ +1 +10,000 +\[10,000 - 10,400\] +10,000 +1\.00 +4 +found$/m)
    expect(text).toMatch(/^ +2 +50,000 +\[50,000 - -\] +50,000 +5\.00 +2 +at least$/m)
    expect(text).toMatch(/^ +4 +30,000 +\[30,000 - -\] +30,000 +3\.00 +4 +at least$/m)
    expect(text).toContain('capacity, requests/s by procs')
    expect(text).toContain('at least  procs 2 · the goals hold at the greatest rate, 50,000/s')
    expect(text).toContain('at least  procs 4 · limited by the generator at 31,000/s')
    expect(text.replaceAll(/\s+/g, ' ')).toContain('goal loss < 0.1 % · trials of 500 ms to 2 s')
  })

  it.each([40, 60, 100])('stays within %i columns', (columns) => {
    for (const result of [sampleSweep(), sampleSearches()])
      for (const line of render(result, columns).split('\n'))
        expect({ line, fits: stringWidth(line) <= columns }).toEqual({ line, fits: true })
  })

  it('is plain ASCII where there is nothing else, and without colour where none is wanted', () => {
    for (const result of [sampleSweep(), sampleSearches()])
      expect(render(result, 100, false)).toMatch(/^[ -~\n]*$/)
  })
})

const along = (...axes: [flag: string, ...values: string[]][]) =>
  sweptAxis({
    plan: { ...sampleSweep().plan, axes: axes.map(([flag, ...values]) => ({ flag, values })) },
  })

describe('a picture', () => {
  const style = createStyle({ columns: 40, color: false })
  const draw = (values: (number | undefined)[], more: (number | undefined)[] = []): string[] =>
    drawChart(
      {
        title: 'y by x',
        x: [1, 2, 3].map((at) => ({ at, text: String(at) })),
        series: [{ label: 'one', values }, ...(more.length > 0 ? [{ label: 'two', values: more }] : [])],
        format: String,
        from: 0,
      },
      style,
    )

  it('puts each value at its height', () => {
    const lines = draw([0, 7, 14])
    expect(lines[1]).toMatch(/^ 14 │ +\.*a$/)
    expect(lines[8]).toMatch(/^ {2}0 │a/)
    expect(lines[4]!.indexOf('a') - lines[4]!.indexOf('│'), 'half way of 35 columns').toBe(1 + 17)
    expect(lines.at(-1)).toMatch(/^ {5}1 +2 +3$/)
  })

  it('marks what falls together, and explains its letters', () => {
    const lines = draw([0, 7, 14], [0, 14, 14])
    expect(lines[1]).toMatch(/\*$/)
    expect(lines.at(-1)).toContain('a one · b two · * several')
  })

  it('leaves gaps where nothing was measured, and is not drawn of one value', () => {
    expect(draw([0, undefined, 14]).join('\n')).not.toContain('.')
    expect(draw([undefined, 7, undefined])).toEqual([])
  })

  it('draws equal values, and values of all sizes', () => {
    expect(draw([5, 5, 5]).join('')).toContain('a')
    const lines = drawChart(
      {
        title: 'y',
        x: [1, 2].map((at) => ({ at, text: String(at) })),
        series: [{ label: '', values: [1, 1000] }],
        format: (v) => v.toFixed(0),
      },
      style,
    )
    expect(lines[0]).toContain('scale of ratios')
  })

  it('goes along the rate, or the numbers with the most values', () => {
    expect(along(['flows', '1', '2', '4'], ['rate', '1k', '2k'])).toBe('rate')
    expect(along(['procs', '1', '2'], ['flows', '1k', '2k', '1M'])).toBe('flows')
    expect(along(['steering', 'hash', 'random'])).toBeUndefined()
  })
})

describe('the CSV of a sweep', () => {
  it('has a row per run, with the value of each axis', () => {
    const [head, ...rows] = sweepCsv(sampleSweep()).trim().split('\n')
    expect(head).toMatch(/^point,repetition,seed,procs,rate,started at,duration ns,verdict,/)
    expect(rows).toHaveLength(12)
    expect(rows[2]).toMatch(/^1,0,1,1,10k,2026-11-22T10:13:00\.000Z,2000000000,valid,,10000,/)
  })

  it('says of a trial what it was for', () => {
    const [head, row] = sweepCsv(sampleSearches()).trim().split('\n')
    const at = head!.split(',').indexOf('outcome')
    expect(row!.split(',')[at]).toBe('good')
    expect(row!.split(',')[at - 2]).toBe('10000')
  })
})
