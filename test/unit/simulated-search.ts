import { capacityOf, capacityStep, type CapacityGoal } from '../../src/analysis/capacity/capacity.js'
import { judgeTrial } from '../../src/analysis/capacity/trial-outcome.js'
import { parseGoal } from '../../src/plan/goal-conditions.js'
import type { Capacity, SweepRun } from '../../src/result/sweep-result.js'
import { sampleRun } from './sample-sweep.js'
import { simulateTrial, type SimulatedGroup } from './simulated-group.js'

/** The default goal of a search, but for its range: as `sweep --find 'loss<0.1%'` has it. */
export function lossGoal(members: number, trialNs = 2e9): CapacityGoal {
  return {
    conditions: parseGoal('loss<0.1%', '--find'),
    finalTrialNs: trialNs,
    initialTrialNs: trialNs / 4,
    durationSumNs: 3 * trialNs,
    exceedRatio: 0.5,
    width: 0.05,
    range: { leastHz: 50 * members, mostHz: 4000 * members },
  }
}

/** One trial of a simulated group, judged. */
export function judgedTrial(
  group: SimulatedGroup,
  goal: CapacityGoal,
  { rateHz, durationNs, seed }: { rateHz: number; durationNs: number; seed: number },
): SweepRun {
  const trial = { purpose: 'search' as const, loadHz: rateHz, trialNs: durationNs }
  const run = sampleRun({ ...simulateTrial(group, { rateHz, durationNs, seed }), trial })
  return { ...run, trial: { ...trial, ...judgeTrial(run, goal) } }
}

/** A whole search on a simulated group. */
export function searchSimulated(group: SimulatedGroup, goal: CapacityGoal, seed: number): Capacity {
  const runs: SweepRun[] = []
  for (;;) {
    const step = capacityStep(runs, goal)
    if (!('next' in step)) return capacityOf({ index: 0, flags: {} }, runs, goal)
    const { loadHz: rateHz, durationNs } = step.next
    runs.push(judgedTrial(group, goal, { rateHz, durationNs, seed: 100 * seed + runs.length }))
  }
}
