import type { RunPlan } from './run-plan.js'

/**
 * How long the schedule lasts, ns. Undefined without one, and where it may rightly last longer than its time, since
 * every flow is asked at least once: a Poisson schedule that has twice the flows due, and a hundred requests more for
 * each thread and wave, does not come to less than the flows by chance.
 */
export function scheduleLengthNs(plan: RunPlan): number | undefined {
  if (plan.durationNs === undefined || plan.rateHz === undefined) return undefined
  const due = (plan.rateHz * plan.durationNs) / 1e9
  const everyFlowIsAsked = plan.weights === 'uniform'
  const least = 2 * plan.flows + 100 * plan.workers * plan.waves
  return everyFlowIsAsked && due < least ? undefined : plan.durationNs
}
