import { planOf } from './sample-facts.js'
import type { LatencySummary, MemberResult, RunResult } from '../../src/result/run-result.js'
import { RUN_SCHEMA } from '../../src/result/schema-names.js'

/** Latencies in the proportions of a real closed-loop run, around a median. */
export function sampleLatency(count: number, p50Ns = 312_000): LatencySummary {
  return {
    count,
    minNs: Math.round(p50Ns / 10),
    meanNs: p50Ns * 1.128,
    p50Ns,
    p90Ns: Math.round(p50Ns * 2.05),
    p99Ns: Math.round(p50Ns * 3.53),
    p999Ns: Math.round(p50Ns * 7.7),
    maxNs: Math.round(p50Ns * 15.97),
  }
}

export function sampleMember(
  index: number,
  flows: number,
  changes: Partial<MemberResult> = {},
): MemberResult {
  const packets = flows * 75
  return {
    index,
    pid: 12_001 + index,
    flows,
    taken: packets,
    echoed: packets,
    echoErrors: 0,
    replies: packets,
    late: 0,
    drops: 0,
    strangers: 0,
    sent: packets,
    unexplained: 0,
    receiveBufferBytes: 212_992,
    residentBytes: 41_943_040,
    residual: 0.2,
    residualPValue: 1,
    latency: { service: sampleLatency(packets, 309_000 + 3_000 * index) },
    ...changes,
  }
}

/** A good closed-loop run of 10,000 flows over four processes; `changes` replace whole parts of it. */
export function sampleResult(changes: Partial<RunResult> = {}): RunResult {
  const members =
    changes.members ?? [2491, 2533, 2478, 2498].map((flows, index) => sampleMember(index, flows))
  const flows = members.reduce((sum, member) => sum + member.flows, 0)
  const packets = members.reduce((sum, { taken = 0 }) => sum + taken, 0)
  const effective = planOf({ procs: members.length, flows })
  return {
    schema: RUN_SCHEMA,
    tool: { name: 'rpbench', version: '0.1.0' },
    host: {
      hostname: 'bench-1',
      kernel: '6.8.0-45-generic',
      arch: 'x64',
      cpus: 8,
      cpuModel: 'AMD EPYC 7763',
      memoryBytes: 16 * 2 ** 30,
      node: 'v24.9.0',
    },
    startedAt: '2026-11-22T10:13:00.000Z',
    durationNs: 5_000_112_345,
    plan: { supplied: { procs: 4, flows: 10_000 }, effective },
    group: { protocol: 'udp', family: 'ipv4', address: '127.0.0.1', port: 41_873, server: 'processes' },
    members,
    balance: {
      flows,
      members: members.length,
      flowsPerMember: members.map((member) => member.flows),
      basis: 'answered',
      unansweredShare: 0,
      chiSquare: 0.6632,
      degreesOfFreedom: members.length - 1,
      pValue: 0.8819,
      method: 'chi-square',
      maxOverMean: 1.0132,
      minOverMean: 0.9912,
      cv: 0.00814,
      cramersV: 0.0047,
      jain: 0.99993,
      fairBand: {
        maxOverMean: { expected: 1.0206, p95: 1.039, p99: 1.049 },
        minOverMean: { expected: 0.9794, p95: 0.961, p99: 0.951 },
        cv: { expected: 0.0159, p95: 0.028, p99: 0.0337 },
      },
      power: { skewedW: 0.057, detectableW: 0.033, flowsForEffectBound: 4_361 },
      alpha: 0.01,
      effectBoundW: 0.05,
      verdict: 'fair',
    },
    affinity: { flows, moved: 0, unanswered: 0, unasked: 0, violations: [] },
    latency: { service: sampleLatency(packets) },
    throughput: { roundTripsPerSecond: packets / 5, achievedPerSecond: packets / 5 },
    books: {
      sent: packets,
      sendErrors: 0,
      unsent: 0,
      taken: packets,
      echoed: packets,
      echoErrors: 0,
      replied: packets,
      late: 0,
      duplicates: 0,
      replayed: 0,
      reordered: 0,
      lost: 0,
      droppedAtMembers: 0,
      droppedAtClient: 0,
      leftAtMembers: 0,
      noSocket: 0,
      atStrangers: 0,
      closedWithSocket: 0,
      strangersAtMembers: 0,
      strangersAtClient: 0,
      unexplainedRequests: 0,
      unexplainedReplies: 0,
      unexplained: 0,
    },
    takenBalance: {
      cv: 0.00814,
      effectiveFlows: flows,
      fairCv: { expected: 0.0159, p95: 0.028, p99: 0.0337 },
      verdict: 'even',
    },
    validity: {
      verdict: 'valid',
      findings: [],
      checks: [
        { code: 'member-died', measured: 0, limit: 0, passed: true },
        { code: 'client-cpu', measured: 0.62, limit: 0.95, passed: true },
      ],
    },
    startup: { groupNs: 120e6, flowsNs: 310e6, warmupNs: 500e6, firstMeasuredPacketNs: 930e6 },
    ...changes,
  }
}
