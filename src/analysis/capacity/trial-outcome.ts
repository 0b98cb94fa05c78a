import { GOAL_PERCENTILES, type GoalCondition } from '../../plan/goal-conditions.js'
import { dueAndMissed } from '../../result/due-and-missed.js'
import type { SweepRun } from '../../result/sweep-result.js'
import { queueTrend } from './backlog.js'
import type { TrialOutcome } from './bounds.js'

/** The bound of docs/method.md: below, this was not the load that was meant. */
const LEAST_ACHIEVED = 0.99
/** Findings by which the client, not the group, may have made response times long. */
const CLIENT_WAS_LATE = new Set(['schedule-lag', 'client-cpu'])

export interface JudgedTrial {
  outcome: TrialOutcome
  /** the goals that did not hold, as `loss` or `p99`; `backlog`: queues grew, so that they would not have held for long */
  violated: string[]
}

/** What a trial is held against: the goals, and how far apart the search is to tell loads. */
export interface TrialGoal {
  conditions: readonly GoalCondition[]
  width: number
}

/**
 * Holds a run against the goals. A request without a reply in time counts as slower than any limit, so that a
 * percentile cannot hold when more than its share was lost. Replies count while the load lasts: a trial in which all goals hold
 * is bad all the same when queues grew by more than the goals let stay unanswered, since a longer one would break them, and
 * says nothing (`unclear`) when chance hides whether they grew. A trial that the client spoilt says nothing either: one in
 * which it offered less than 99 % of the load, and one that is bad only by what the client dropped itself, or only since it
 * sent too late (the time from the actual send keeps the limit).
 */
export function judgeTrial(run: SweepRun, { conditions, width }: TrialGoal): JudgedTrial {
  const { validity, achievedPerSecond, offeredPerSecond, books, queues = [] } = run
  if (run.error || run.stopped || !validity || !books || achievedPerSecond === undefined || !offeredPerSecond)
    return { outcome: 'void', violated: [] }
  const violated = conditions.filter((condition) => !holds(run, condition, 'response', 0))
  const words = violated.map(({ quantity }) => quantity)
  if (achievedPerSecond < LEAST_ACHIEVED * offeredPerSecond) return { outcome: 'limited', violated: words }
  if (validity.verdict === 'invalid') return { outcome: 'void', violated: words }
  if (violated.length === 0) {
    const trend = queueTrend(queues, toleratedShare(conditions), width)
    if (trend === 'grew') return { outcome: 'bad', violated: ['backlog'] }
    return { outcome: trend === 'steady' ? 'good' : 'unclear', violated: [] }
  }
  const clientWasLate = validity.findings.some((code) => CLIENT_WAS_LATE.has(code))
  const ofTheGroup = violated.some(
    (condition) => !holds(run, condition, clientWasLate ? 'service' : 'response', books.droppedAtClient),
  )
  return { outcome: ofTheGroup ? 'bad' : 'limited', violated: words }
}

/** The share of requests that every goal lets stay without a reply in time. */
function toleratedShare(conditions: readonly GoalCondition[]): number {
  return Math.min(
    ...conditions.map(({ quantity, limit }) =>
      quantity === 'loss' ? limit : GOAL_PERCENTILES[quantity].beyond,
    ),
  )
}

function below(value: number, most: number, inclusive: boolean): boolean {
  return inclusive ? value <= most : value < most
}

/** `forgiven`: requests without a reply that are not held against the group. */
function holds(
  { latency, books }: SweepRun,
  { quantity, inclusive, limit }: GoalCondition,
  kind: 'response' | 'service',
  forgiven: number,
): boolean {
  const { due, missed } = dueAndMissed(books!)
  const lossShare = due === 0 ? 1 : Math.max(0, missed - forgiven) / due
  if (quantity === 'loss') return below(lossShare, limit, inclusive)
  const { key, beyond } = GOAL_PERCENTILES[quantity]
  const ns = latency?.[kind]?.[key]
  return ns !== undefined && below(ns, limit, inclusive) && lossShare <= beyond
}
