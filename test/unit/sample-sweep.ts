import type { SweepPlan } from '../../src/plan/sweep-plan.js'
import { combinationsOf, orderOf } from '../../src/plan/sweep-plan.js'
import { assembleSweep, type SweepRecord } from '../../src/assembly/sweep.js'
import type { SweepResult, SweepRun } from '../../src/result/sweep-result.js'
import { planOf } from './sample-facts.js'
import { sampleLatency, sampleResult } from './sample-result.js'

export const samplePlan = planOf({ procs: 2, durationNs: 2e9 })

/** A valid run of 20,000 requests in two seconds. */
export function sampleRun(changes: Partial<SweepRun> = {}): SweepRun {
  return {
    point: 0,
    repetition: 0,
    seed: 1,
    flags: {},
    startedAt: '2026-11-22T10:13:00.000Z',
    durationNs: 2e9,
    wallNs: 3e9,
    validity: { verdict: 'valid', findings: [], notes: [] },
    roundTripsPerSecond: 10_000,
    offeredPerSecond: 10_000,
    achievedPerSecond: 10_000,
    latency: { service: sampleLatency(20_000), response: sampleLatency(20_000, 320_000) },
    lossShare: 0,
    books: {
      sent: 20_000,
      unsent: 0,
      replied: 20_000,
      lost: 0,
      late: 0,
      droppedAtMembers: 0,
      droppedAtClient: 0,
      unexplained: 0,
    },
    flowsMaxOverMean: 1.02,
    balance: 'fair',
    deliveredMaxOverMean: 1.03,
    moved: 0,
    ...changes,
  }
}

export const AXES = [
  { flag: 'procs', values: ['1', '2'] },
  { flag: 'rate', values: ['5k', '10k', '20k'] },
]

export function sampleSweepPlan(axes = AXES, repeat = 2): SweepPlan {
  const points = combinationsOf(axes).map((flags, index) => ({ index, flags, plan: samplePlan }))
  return { axes, points, skipped: [], repeat, order: orderOf(points.length, repeat, 1) }
}

/** Six points, two repetitions; the round trips follow the rate, and the second repetition has 2 % more. */
export function sampleSweep(changes: Partial<SweepRecord> = {}, runs?: readonly SweepRun[]): SweepResult {
  const plan = changes.plan ?? sampleSweepPlan()
  const made = plan.points.flatMap(({ index, flags }) =>
    Array.from({ length: plan.repeat }, (_, repetition) => {
      const roundTripsPerSecond = (1000 + 20 * repetition) * Number.parseInt(flags['rate'] ?? '10', 10)
      return sampleRun({ point: index, repetition, seed: 1 + repetition, flags, roundTripsPerSecond })
    }),
  )
  return assembleSweep(
    {
      toolVersion: '0.1.0',
      host: sampleResult().host,
      startedAt: '2026-11-22T10:13:00.000Z',
      durationNs: 40e9,
      supplied: { procs: '1,2', rate: '5k,10k,20k', repeat: '2' },
      goal: undefined,
      interrupted: false,
      ...changes,
      plan,
    },
    runs ?? made,
  )
}
