import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { analyseBalance } from '../../src/analysis/balance/balance.js'
import {
  placeFlows,
  type FlowRequests,
  type PlacementInput,
} from '../../src/analysis/balance/flow-placement.js'

const MEMBERS = 4
const times = (flows: number, requests: number): FlowRequests => ({
  flows,
  sent: flows * requests,
  squares: flows * requests ** 2,
})
const plus = (a: FlowRequests, b: FlowRequests): FlowRequests => ({
  flows: a.flows + b.flows,
  sent: a.sent + b.sent,
  squares: a.squares + b.squares,
})

/** Members that answer 256 flows each, of 1000 that were asked once or more often. */
function queues(put: readonly number[], changes: Partial<PlacementInput> = {}): PlacementInput {
  const answered = put.map((flows) => Math.min(flows, 256))
  const unanswered = put.reduce((sum, flows, index) => sum + flows - answered[index]!, 0)
  const all = put.reduce((sum, flows) => sum + flows, 0)
  return {
    answered,
    sentOnAnswered: answered,
    offered: put,
    unanswered: times(unanswered, 1),
    asked: times(all, 1),
    scheduled: false,
    moved: 0,
    ...changes,
  }
}

describe('where flows were put', () => {
  it('is where they were answered, when all were', () =>
    expect(placeFlows(queues([200, 210, 190, 200]))).toEqual({
      counts: [200, 210, 190, 200],
      basis: 'answered',
      unansweredShare: 0,
      known: true,
    }))

  it('is reckoned exactly from what came to each member, where flows were asked equally often', () => {
    const put = [502, 467, 540, 491]
    expect(placeFlows(queues(put))).toEqual({
      counts: put,
      basis: 'reckoned',
      unansweredShare: (2000 - 4 * 256) / 2000,
      known: true,
    })
    // Answered flows were asked seven times, as in a closed loop, and the others three times.
    const answered = put.map(() => 256)
    const often = queues(put, {
      sentOnAnswered: answered.map((flows) => 7 * flows),
      offered: put.map((flows) => 7 * 256 + 3 * (flows - 256)),
      unanswered: times(2000 - 1024, 3),
      asked: plus(times(1024, 7), times(2000 - 1024, 3)),
    })
    expect(placeFlows(often)).toMatchObject({ counts: put, basis: 'reckoned', known: true })
  })

  it('is not known where unanswered flows were asked so unequally that a count may be far off', () => {
    // Half of them ten times as often as the others.
    const unequal = plus(times(488, 1), times(488, 10))
    const unknown = queues([502, 467, 540, 491], {
      unanswered: unequal,
      asked: plus(times(1024, 1), unequal),
      offered: [1608, 1408, 1808, 1568],
    })
    expect(placeFlows(unknown)).toEqual({
      counts: [256, 256, 256, 256],
      basis: 'answered',
      unansweredShare: (2000 - 4 * 256) / 2000,
      known: false,
    })
    // Unless a schedule asked them, whatever their member did: then requests are a draw of unequal flows.
    const { sent, squares } = unknown.asked
    const byRequests = placeFlows({ ...unknown, scheduled: true })
    expect(byRequests).toMatchObject({ basis: 'reckoned', known: true })
    const effective = byRequests.counts.reduce((sum, flows) => sum + flows, 0)
    expect(Math.abs(effective - sent ** 2 / squares)).toBeLessThanOrEqual(2)
  })

  it('is not known where requests came to nobody, as ahead of all members, or flows moved', () => {
    const put = [502, 467, 540, 491]
    expect(placeFlows(queues(put, { offered: [402, 467, 540, 491] }))).toMatchObject({ known: false })
    expect(placeFlows(queues(put, { offered: [402, 467, 540, 491], scheduled: true }))).toMatchObject({
      known: false,
    })
    expect(placeFlows(queues(put, { moved: 1 }))).toMatchObject({ known: false })
  })

  it('is where their hash puts unanswered flows, where it was observed', () => {
    const put = [502, 467, 540, 491]
    const byHash = put.map((flows) => flows - 256)
    const blind = { offered: [0, 0, 0, 0], byHash }
    expect(placeFlows(queues(put, blind))).toMatchObject({ counts: put, basis: 'hash', known: true })
    const most = { ...blind, byHash: [0, ...byHash.slice(1)] }
    expect(placeFlows(queues(put, most)), 'not if it was not for most').toMatchObject({ known: false })
  })

  it('matters little for a handful of many flows', () => {
    const few = { unanswered: times(3, 1), asked: times(10_003, 1), offered: [0, 0, 0, 0] }
    const answered = [2491, 2533, 2478, 2498]
    expect(placeFlows(queues([], { answered, sentOnAnswered: answered, ...few }))).toMatchObject({
      counts: answered,
      basis: 'answered',
      known: true,
    })
  })
})

const empty = (): number[] => Array.from({ length: MEMBERS }, () => 0)

/** Flows that a hash puts to members with these shares (cumulated) and a schedule asks in turn, so many requests in all. */
function overload(
  random: { next(): number },
  {
    flows,
    requests,
    upTo,
    answeredShare,
  }: { flows: number; requests: number; upTo: number[]; answeredShare: number[] },
): PlacementInput {
  const [answered, sentOnAnswered, offered] = [empty(), empty(), empty()]
  let [unanswered, asked] = [times(0, 0), times(0, 0)]
  const uniform = (): number => (random.next() >>> 0) / 2 ** 32
  for (let flow = 0; flow < flows; flow++) {
    const place = uniform()
    const member = upTo.findIndex((bound) => place < bound)
    const sent = Math.floor(requests / flows) + (flow < requests % flows ? 1 : 0)
    const lost = Array.from({ length: sent }, uniform).every((luck) => luck >= answeredShare[member]!)
    offered[member]! += sent
    asked = plus(asked, times(1, sent))
    if (lost) unanswered = plus(unanswered, times(1, sent))
    else {
      answered[member]!++
      sentOnAnswered[member]! += sent
    }
  }
  return { answered, sentOnAnswered, offered, unanswered, asked, scheduled: true, moved: 0 }
}

const FAIR = [0.25, 0.5, 0.75, 1]
/** One member has 31 %: Cohen's w 0.139. */
const SKEWED = [0.31, 0.54, 0.77, 1]

describe('the test of flows that were reckoned', () => {
  // Members that answer unequally: the answered flows alone look skewed in every run.
  const answeredShare = [0.1, 0.5, 0.6, 0.5]

  it.each([
    ['once', 2000],
    ['once or twice', 3000],
    ['three or four times', 7000],
    ['ten times', 20_000],
  ])('has its significance under a fair hash, with flows asked %s', (_, requests) => {
    const random = xoroshiro128plus(requests)
    const runs = 500
    let [significant, tooEven, unknown, sumOfP] = [0, 0, 0, 0]
    for (let run = 0; run < runs; run++) {
      const { counts, ...placement } = placeFlows(
        overload(random, { flows: 2000, requests, upTo: FAIR, answeredShare }),
      )
      const { balance } = analyseBalance(counts, { seed: run, placement })
      sumOfP += balance.pValue
      if (balance.pValue < 0.01) significant++
      if (balance.verdict === 'too-even') tooEven++
      if (balance.verdict === 'unknown') unknown++
    }
    // P(X ≥ 23) of 500 at 0.012 (the error of the counts is allowed to add that) is below 1e-6.
    expect(significant).toBeLessThan(23)
    // The mean of as many uniform values is within 5 standard errors of a half.
    expect(Math.abs(sumOfP / runs - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / runs) + 0.01)
    expect(tooEven).toBe(0)
    expect(unknown).toBe(0)
  })

  it('finds a skewed hash that members hide which answer the same number of flows each', () => {
    const random = xoroshiro128plus(31)
    const hidden = [0.4, 0.6, 0.6, 0.6]
    const verdicts = Array.from({ length: 200 }, (_, seed) => {
      const { counts, ...placement } = placeFlows(
        overload(random, { flows: 2000, requests: 3000, upTo: SKEWED, answeredShare: hidden }),
      )
      return analyseBalance(counts, { seed, placement }).balance.verdict
    })
    // The power of the verdict at 1800 effective flows and w 0.139 is 0.93.
    expect(verdicts.filter((verdict) => verdict === 'skewed').length).toBeGreaterThan(160)
    expect(verdicts).not.toContain('fair')
  })
})
