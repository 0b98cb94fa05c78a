import { capacityStep, type CapacityGoal } from '../analysis/capacity/capacity.js'
import { repetitionOf, type Repetition } from '../plan/repetition.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { SweepPlan, SweepPoint } from '../plan/sweep-plan.js'
import type { SweepRun } from '../result/sweep-result.js'
import { expectedNs } from './expected-time.js'

/** One run that a sweep makes. */
export interface SweepJob {
  point: SweepPoint
  repetition: number
  /** of this very run: with the seed of its repetition, and the load of its trial */
  plan: RunPlan
  draw: Repetition['draw']
  trial?: { purpose: 'closed-loop' | 'search'; loadHz?: number; trialNs: number }
}

/** Trials of a search, as their number turned out to be in most. */
const USUAL_TRIALS = 18

/**
 * What a sweep does next, from what it has done: a function of the runs alone, so that a sweep which was stopped goes
 * on where it was. Undefined when all is done.
 */
export function nextJob(
  plan: SweepPlan,
  goal: CapacityGoal | undefined,
  runs: readonly SweepRun[],
): SweepJob | undefined {
  const done = new Set(runs.map(({ point, repetition }) => `${point}/${repetition}`))
  for (const [repetition, points] of plan.order.entries())
    for (const index of points) {
      const point = plan.points[index]!
      if (goal === undefined) {
        if (done.has(`${index}/${repetition}`)) continue
        return { point, repetition, ...repetitionOf(point.plan, repetition) }
      }
      const own = runs.filter((run) => run.point === index)
      const step = capacityStep(own, goal)
      if ('stop' in step) continue
      const { plan: fresh, draw } = repetitionOf(point.plan, own.length)
      if ('closedLoop' in step) {
        const { rateHz: _rate, arrivals: _arrivals, ...closedLoop } = fresh
        const trialNs = goal.finalTrialNs
        return {
          point,
          repetition,
          plan: { ...closedLoop, durationNs: trialNs },
          draw,
          trial: { purpose: 'closed-loop', trialNs },
        }
      }
      const { loadHz, durationNs } = step.next
      return {
        point,
        repetition,
        plan: { ...fresh, rateHz: loadHz, durationNs },
        draw,
        trial: { purpose: 'search', loadHz, trialNs: durationNs },
      }
    }
  return undefined
}

/** How long what is left of a sweep is expected to take, ns; by the runs so far where there are any. */
export function remainingNs(
  plan: SweepPlan,
  goal: CapacityGoal | undefined,
  runs: readonly SweepRun[],
): number {
  // One that failed at once says nothing of how long the others take.
  const measured = runs.filter(({ error }) => !error)
  if (goal === undefined) {
    const expected = (some: readonly SweepRun[]): number =>
      some.reduce((sum, { point }) => sum + expectedNs(plan.points[point]!.plan), 0)
    const all = plan.repeat * plan.points.reduce((sum, point) => sum + expectedNs(point.plan), 0)
    const made = expected(measured)
    const pace = made > 0 ? measured.reduce((sum, { wallNs }) => sum + wallNs, 0) / made : 1
    return (all - expected(runs)) * pace
  }
  const points = plan.points.map((point) => runs.filter((run) => run.point === point.index))
  const begun = points.filter((own) => own.length > 0)
  const ended = begun.filter((own) => 'stop' in capacityStep(own, goal))
  const trials =
    ended.length > 0 ? ended.reduce((sum, own) => sum + own.length, 0) / ended.length : USUAL_TRIALS
  const wallNs =
    measured.length > 0
      ? measured.reduce((sum, run) => sum + run.wallNs, 0) / measured.length
      : Math.max(
          ...plan.points.map((point) => expectedNs({ ...point.plan, durationNs: 0.75 * goal.finalTrialNs })),
        )
  const left = points.reduce(
    (sum, own) => sum + ('stop' in capacityStep(own, goal) ? 0 : Math.max(1, trials - own.length)),
    0,
  )
  return left * wallNs
}
