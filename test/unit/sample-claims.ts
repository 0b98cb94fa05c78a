import { completeVerifyPlan } from '../../src/plan/verify-plan.js'
import { planOf, SAMPLE_FACTS } from './sample-facts.js'
import { affinityRun, judgeAffinity } from '../../src/analysis/claims/affinity-claim.js'
import { balanceDraw, judgeBalance } from '../../src/analysis/claims/balance-claim.js'
import { judgeChurn } from '../../src/analysis/claims/churn-claim.js'
import { judgeOverload, loadedRun, overloadRun } from '../../src/analysis/claims/overload-claim.js'
import { analyseBalance } from '../../src/analysis/balance/balance.js'
import type { Imbalance } from '../../src/result/imbalance.js'
import type { FlowRow, RunResult } from '../../src/result/run-result.js'
import type { Claim, ClaimsResult } from '../../src/result/verify-result.js'
import { sampleChange, sampleChurn, sampleRemoval } from './sample-churn.js'
import { sampleMember, sampleResult } from './sample-result.js'
import { VERIFY_SCHEMA } from '../../src/result/schema-names.js'

/** Fair counts, none of them twice: χ² between 0.2 and 8. */
const FAIR: readonly [number, number, number, number][] = [
  [2491, 2533, 2478, 2498],
  [2540, 2460, 2530, 2470],
  [2430, 2570, 2510, 2490],
  [2520, 2440, 2551, 2489],
  [2505, 2495, 2475, 2525],
  [2460, 2480, 2590, 2470],
  [2555, 2505, 2425, 2515],
  [2515, 2535, 2465, 2485],
]

/** A run in which members got so many flows each. */
export function sampleDraw(counts: readonly number[], changes: Partial<RunResult> = {}): RunResult {
  return sampleResult({
    members: counts.map((flows, index) => sampleMember(index, flows)),
    balance: analyseBalance(counts, { seed: 1 }).balance,
    ...changes,
  })
}

export const fairDraws = (): RunResult[] => FAIR.map((counts) => sampleDraw(counts))

/** Not a valid measurement, for a reason. */
export const INVALID: Pick<RunResult, 'validity'> = {
  validity: {
    verdict: 'invalid',
    findings: [{ code: 'member-died', severity: 'invalid', message: 'Member 2 was killed by SIGKILL.' }],
    checks: [],
  },
}

/** What the analysis of an overloaded run says, with members that deliver these ratios. */
export function sampleImbalance(
  deliveryRatios: readonly number[] = [1, 0.99, 1.01, 1],
  causes: Imbalance['causes'] = [],
): Imbalance {
  const shortfall = 1 - Math.min(...deliveryRatios) / Math.max(...deliveryRatios)
  return {
    overloaded: true,
    overload: { lostShare: 0.6, lateShare: 0, droppedAtMembers: 96_000, members: [0, 1, 2, 3] },
    members: deliveryRatios.map((deliveryRatio, index) => ({
      index,
      flowShare: 0.25,
      offeredShare: 0.25,
      deliveredShare: 0.25 * deliveryRatio,
      answeredShare: 0.4 * deliveryRatio,
      deliveryRatio,
    })),
    unknown: { flows: 0, sent: 0 },
    parts: {
      hash: { cv: 0.01, bound: 0.05, verdict: 'even' },
      weights: { cv: 0, bound: 0.05, verdict: 'even' },
      delivery: {
        cv: shortfall / 2,
        bound: 0.1,
        shortfall,
        verdict: shortfall > 0.1 ? 'uneven' : 'even',
      },
    },
    causes,
    verdict: causes[0]?.cause ?? 'even',
  }
}

/** Member 2 takes three times as long as the others. */
export const SLOW = sampleImbalance(
  [1.1, 1.1, 0.4, 1.1],
  [
    {
      cause: 'slow-member',
      members: [2],
      size: 0.35,
      workPerRequestNs: 1.2e6,
      othersWorkPerRequestNs: 0.4e6,
      ratio: 3,
    },
  ],
)

const atRate = (rateHz: number): Pick<RunResult, 'plan'> => ({
  plan: { supplied: {}, effective: planOf({ procs: 4, flows: 10_000, seed: 10, rateHz }) },
})

export function sampleLight(changes: Partial<RunResult> = {}): RunResult {
  return sampleDraw(FAIR[0]!, { ...atRate(5000), ...changes })
}

/** So many requests were sent, and 60 % of them lost. */
export function sampleOverload(changes: Partial<RunResult> = {}): RunResult {
  const { books } = sampleResult()
  return sampleDraw(FAIR[0]!, {
    ...atRate(20_000),
    books: { ...books, sent: 160_000, replied: 64_000, lost: 96_000, droppedAtMembers: 96_000 },
    imbalance: sampleImbalance(),
    ...changes,
  })
}

/** 10,000 flows, at the members that are said; −1 for one that is not known. */
export function sampleFlows(memberOf: (flow: number) => number = (flow) => flow % 4): FlowRow[] {
  return Array.from({ length: 10_000 }, (_, flow) => ({
    flow,
    sourceAddress: '127.0.0.1',
    sourcePort: 32_768 + flow,
    member: memberOf(flow),
    sent: 16,
    replied: 6,
    lost: 10,
    moved: false,
  }))
}

/** The first of them at the next member. */
export const elsewhere = (flows: number): FlowRow[] =>
  sampleFlows((flow) => (flow + (flow < flows ? 1 : 0)) % 4)

/** @param flows where flows are under each load */
export function claimOfLoads(
  light: RunResult,
  overloads: readonly RunResult[],
  flows: { light?: FlowRow[]; overload?: FlowRow[] } = {},
): ReturnType<typeof judgeOverload> {
  const [before, now] = [flows.light ?? sampleFlows(), flows.overload ?? sampleFlows()]
  return judgeOverload({
    serviceTimeNs: 400_000,
    capacityHz: 10_000,
    light: loadedRun(light),
    overloads: overloads.map((run) => overloadRun(loadedRun(run), before, now)),
  })
}

export const claimOfRuns = (results: readonly RunResult[], planned = 8) =>
  judgeAffinity(
    results.map((result) => affinityRun(result, 'closed loop')),
    results.flatMap((result) => result.affinity.violations ?? []),
    planned,
  )

export const claimOfDraws = (results: readonly RunResult[], planned = 8) =>
  judgeBalance(
    results.flatMap((result) => balanceDraw(result) ?? []),
    planned,
  )

/** Four claims that hold; `claims` replaces them. */
export function sampleClaims(claims?: Claim[], changes: Partial<ClaimsResult> = {}): ClaimsResult {
  const { tool, host } = sampleResult()
  const { facts: _host, ...effective } = completeVerifyPlan({ procs: 4, flows: 10_000 }, SAMPLE_FACTS, true)
  const changed = sampleChurn({
    changes: [sampleChange(), sampleRemoval()],
    plan: { supplied: {}, effective: planOf({ seed: 9, rateHz: 20_000 }) },
  })
  return {
    schema: VERIFY_SCHEMA,
    tool,
    host,
    startedAt: '2026-11-22T10:13:00.000Z',
    durationNs: 41_123_456_789,
    plan: { supplied: {}, effective },
    claims: claims ?? [
      claimOfRuns(fairDraws()),
      claimOfDraws(fairDraws()),
      judgeChurn(changed),
      claimOfLoads(sampleLight(), [sampleOverload()]),
    ],
    ...changes,
  }
}
