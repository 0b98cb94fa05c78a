import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/result/run-result.js'
import { agreesWithInjected, saidOf, type Injected } from '../bench/overload-judgement.js'
import { judgeQueue, type QueueModel, type SeenQueue } from '../bench/queueing.js'
import { wakingUp } from '../truth/queueing.js'
import { uniforms } from '../../src/stats/random.js'

const SET_UP_NS = 150e3
const SERVICE_NS = 2e6
const REQUESTS = 7000

/**
 * One server's queue by Lindley's recursion, as a run sees it: Poisson arrivals, service of 2 ms, and the time to wake up when
 * it was idle.
 */
function simulatedQueue(model: QueueModel, utilisation: number, seed: number): SeenQueue {
  const random = uniforms(seed)
  const exponential = (mean: number): number => -mean * Math.log(1 - random())
  let [arrivedNs, freeNs, waitNs, serviceNs] = [0, 0, 0, 0]
  for (let i = 0; i < REQUESTS; i++) {
    arrivedNs += exponential(SERVICE_NS / utilisation)
    const beginsNs = arrivedNs > freeNs ? arrivedNs + SET_UP_NS : freeNs
    const service = model === 'M/M/1' ? exponential(SERVICE_NS) : SERVICE_NS
    waitNs += beginsNs - arrivedNs
    serviceNs += service
    freeNs = beginsNs + service
  }
  return {
    rateHz: (1e9 * REQUESTS) / arrivedNs,
    count: REQUESTS,
    serviceNs: serviceNs / REQUESTS,
    waitNs: waitNs / REQUESTS,
  }
}

describe.each<QueueModel>(['M/D/1', 'M/M/1'])('the judge of waits, %s', (model) => {
  const judged = (utilisation: number, lie: (seen: SeenQueue) => Partial<SeenQueue> = () => ({})) => {
    const seen = simulatedQueue(model, utilisation, 100 * utilisation)
    const { agrees, serviceAgrees } = judgeQueue(
      model,
      (1e9 * utilisation) / SERVICE_NS,
      { ...seen, ...lie(seen) },
      SET_UP_NS,
    )
    return { wait: agrees, service: serviceAgrees }
  }

  it.each([0.3, 0.5, 0.7])('agrees with a queue that is simulated, ρ %f', (utilisation) =>
    expect(judged(utilisation)).toEqual({ wait: true, service: true }),
  )

  it.each([1.25, 0.75])('finds a service time that is said to be %f of what it is', (factor) => {
    for (const utilisation of [0.5, 0.7]) {
      const lied = judged(utilisation, ({ serviceNs }) => ({ serviceNs: factor * serviceNs }))
      expect(lied).toEqual({ wait: false, service: false })
    }
  })

  it('finds a rate that is said to be 1.25 of what it is', () =>
    expect(judged(0.7, ({ rateHz }) => ({ rateHz: 1.25 * rateHz })).wait).toBe(false))

  it.each([1e6, -0.5e6])('finds waits that are off by %f ns', (shiftNs) =>
    expect(judged(0.3, ({ waitNs }) => ({ waitNs: waitNs + shiftNs })).wait).toBe(false),
  )

  it('finds that a member cannot keep up', () =>
    expect(judged(0.7, ({ serviceNs }) => ({ serviceNs: 2 * serviceNs })).wait).toBe(false))
})

it('finds a shift of all waits, which the model takes over, where nobody waits for another', () => {
  expect(wakingUp(SET_UP_NS, 200).agrees).toBe(true)
  expect(wakingUp(SET_UP_NS + 2e6, 200).agrees).toBe(false)
  expect(wakingUp(SET_UP_NS - 2e6, 200).agrees).toBe(false)
})

const SLOW: Injected = { right: ['slow-member'], members: [2], least: 0.8 }
const NOTHING: Injected = { right: ['even'], least: 0.8 }
const times = (count: number, said: string): string[] => Array.from({ length: count }, () => said)

/** What a run says, as far as it is judged. */
function imbalance(verdict: string, members: number[]): RunResult['imbalance'] {
  const causes = verdict === 'even' ? [] : [{ cause: verdict, members, size: 0.1 }]
  return { verdict, causes } as unknown as RunResult['imbalance']
}

describe('the judge of causes of overload', () => {
  it('counts the right cause at the right member', () => {
    expect(saidOf(SLOW, imbalance('slow-member', [2]))).toBe('slow-member')
    expect(saidOf(NOTHING, imbalance('even', []))).toBe('even')
    expect(saidOf(NOTHING, undefined)).toBe('none')
    expect(agreesWithInjected(SLOW, [...times(8, 'slow-member'), ...times(2, 'unexplained')])).toBe(true)
    expect(agreesWithInjected(NOTHING, times(10, 'even'))).toBe(true)
  })

  it.each([
    ['a wrong cause', SLOW, imbalance('hash', [2])],
    ['the right cause at a wrong member', SLOW, imbalance('slow-member', [0])],
    ['a cause where there is none', NOTHING, imbalance('scheduler', [1])],
  ])('finds %s in three runs of ten', (_, injected, lie) => {
    const saying = (lies: number): string[] => [
      ...times(10 - lies, injected.right[0]!),
      ...times(lies, saidOf(injected, lie)),
    ]
    expect(agreesWithInjected({ ...injected, least: 0 }, saying(2))).toBe(true)
    expect(agreesWithInjected({ ...injected, least: 0 }, saying(3))).toBe(false)
  })

  it.each(['even', 'unexplained', 'none'])('finds a tool that only says %s', (said) =>
    expect(agreesWithInjected(SLOW, times(10, said))).toBe(false),
  )
})
