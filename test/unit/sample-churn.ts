import type { ChangeResult, ChurnResult } from '../../src/result/churn-result.js'
import { planOf } from './sample-facts.js'
import { sampleLatency, sampleResult } from './sample-result.js'
import { CHURN_SCHEMA } from '../../src/result/schema-names.js'

const fresh = (...members: number[]): ChangeResult['membersBefore'] =>
  members.map((member) => ({ member, generation: 0 }))

/** 4 → 5 members of 2,000 flows; `changes` replace whole parts of it. */
export function sampleChange(changes: Partial<ChangeResult> = {}): ChangeResult {
  return {
    change: 'add',
    askedNs: 2_000_100_000,
    atNs: 2_083_000_000,
    doneNs: 2_083_060_000,
    steps: [{ action: 'start', member: 4, generation: 0, atNs: 2_083_060_000 }],
    membersBefore: fresh(0, 1, 2, 3),
    membersAfter: fresh(0, 1, 2, 3, 4),
    flows: 2000,
    stayed: 1018,
    moved: 982,
    orphans: 0,
    collateral: 982,
    strayed: 0,
    dark: 0,
    darkFrom: [0, 0, 0, 0],
    returned: 0,
    movedShare: 0.491,
    darkShare: 0,
    transitions: [
      [405, 95, 0, 0, 0],
      [0, 300, 200, 0, 0],
      [0, 0, 203, 297, 0],
      [0, 0, 0, 110, 390],
    ],
    lost: 0,
    late: 0,
    settledNs: 0,
    latencyBefore: sampleLatency(10_000, 100_000),
    latencyDuring: sampleLatency(5_000, 200_000),
    predicted: { movedShare: 0.5, orphanShare: 0, collateralShare: 0.5, darkShare: 0, from: 'rule' },
    minimum: { movedShare: 0.2 },
    test: { method: 'shares', pValue: 0.42 },
    verdict: 'as predicted',
    ...changes,
  }
}

/** The removal of index 0 of five. */
export function sampleRemoval(changes: Partial<ChangeResult> = {}): ChangeResult {
  return sampleChange({
    change: 'remove 0',
    askedNs: 4_000_100_000,
    atNs: 4_000_100_000,
    doneNs: 4_002_000_000,
    steps: [{ action: 'stop', member: 0, generation: 0, atNs: 4_002_000_000 }],
    membersBefore: fresh(0, 1, 2, 3, 4),
    membersAfter: fresh(4, 1, 2, 3),
    stayed: 615,
    moved: 1385,
    orphans: 403,
    collateral: 982,
    darkFrom: [0, 0, 0, 0, 0],
    movedShare: 0.6925,
    transitions: [
      [403, 0, 0, 0],
      [95, 300, 0, 0],
      [0, 200, 203, 0],
      [0, 0, 297, 110],
      [0, 0, 0, 390],
    ],
    lost: 3,
    lostTo: { droppedAtMembers: 0, noSocket: 0, closedWithSocket: 3, leftAtMembers: 0, otherwise: 0 },
    late: 2,
    settledNs: 1_250_000,
    predicted: { movedShare: 0.7, orphanShare: 0.2, collateralShare: 0.5, darkShare: 0, from: 'rule' },
    minimum: { movedShare: 0.2 },
    ...changes,
  })
}

/** A quarter of the flows goes dark. */
export function sampleStall(changes: Partial<ChangeResult> = {}): ChangeResult {
  return sampleChange({
    change: 'stall 2',
    askedNs: 300_000_000,
    atNs: 300_000_000,
    doneNs: 300_050_000,
    steps: [],
    membersAfter: fresh(0, 1, 2, 3),
    flows: 1500,
    stayed: 1500,
    moved: 0,
    collateral: 0,
    dark: 500,
    darkFrom: [0, 0, 500, 0],
    darkShare: 0.25,
    movedShare: 0,
    transitions: [
      [500, 0, 0, 0],
      [0, 500, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 500],
    ],
    lost: 1738,
    predicted: { movedShare: 0, orphanShare: 0, collateralShare: 0, darkShare: 0.25, from: 'rule' },
    minimum: { movedShare: 0 },
    test: { method: 'shares', pValue: 1 },
    ...changes,
  })
}

/** A good run through `add` and `remove 0`; `changes` replace whole parts of it. */
export function sampleChurn(changes: Partial<ChurnResult> = {}): ChurnResult {
  const { tool, host, startedAt, group, books } = sampleResult()
  return {
    schema: CHURN_SCHEMA,
    tool,
    host,
    startedAt,
    durationNs: 6_000_000_000,
    plan: {
      supplied: { change: ['2s:add', '4s:remove:0'] },
      effective: planOf({ procs: 4, flows: 2000, rateHz: 10_000, durationNs: 6e9 }),
    },
    group,
    latency: { service: sampleLatency(60_000, 90_000), response: sampleLatency(60_000, 100_000) },
    schedule: { rateHz: 10_000, arrivals: 'constant', lag: sampleLatency(60_000, 30_000) },
    throughput: { roundTripsPerSecond: 10_000, offeredPerSecond: 10_000, achievedPerSecond: 10_000 },
    changes: [sampleChange(), sampleRemoval()],
    skipped: [],
    books: {
      ...books,
      sent: 60_000,
      taken: 59_997,
      echoed: 59_997,
      replied: 59_995,
      lost: 3,
      late: 2,
      closedWithSocket: 3,
    },
    validity: {
      verdict: 'valid',
      findings: [],
      checks: [{ code: 'achieved-rate', measured: 1, limit: 0.995, passed: true }],
    },
    ...changes,
  }
}
