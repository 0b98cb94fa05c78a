import type { GoalCondition } from '../../plan/goal-conditions.js'
import type { Capacity, SweepRun } from '../../result/sweep-result.js'
import { busiest, fillNs, tellingNs } from './backlog.js'
import { boundsOf, type SearchTrial } from './bounds.js'
import { conditionalThroughput, type SearchTarget } from './classification.js'
import { nextStep, type SearchSettings, type SearchStep } from './search.js'

/** What is searched at every point. Without a range, each point's own closed loop says where. */
export interface CapacityGoal extends SearchTarget {
  conditions: GoalCondition[]
  initialTrialNs: number
  width: number
  range?: { leastHz: number; mostHz: number }
}

/** Without a range: a closed loop may leave the group idle now and then, an open one does not. */
const MOST_OF_CLOSED_LOOP = 2
const LEAST_HZ = 1000
const LEAST_OF_CLOSED_LOOP = 0.1

export type CapacityStep = SearchStep | { closedLoop: true }

/** What a point needs next: a closed loop to know where to search, a trial, or nothing, as its search has ended. */
export function capacityStep(runs: readonly SweepRun[], goal: CapacityGoal): CapacityStep {
  const settings = settingsOf(runs, goal)
  if (settings) return nextStep(trialsOf(runs), settings)
  return runs.some(({ trial }) => trial?.purpose === 'closed-loop')
    ? { stop: 'failed' }
    : { closedLoop: true }
}

/** The state of the search at a point, from the runs made there. */
export function capacityOf(
  { index, flags }: { index: number; flags: Record<string, string> },
  runs: readonly SweepRun[],
  goal: CapacityGoal,
): Capacity {
  const settings = settingsOf(runs, goal)
  const trials = trialsOf(runs)
  const step = capacityStep(runs, goal)
  const { lowerHz, upperHz, limitedHz, unclearHz } = boundsOf(trials, goal)
  const throughputHz =
    lowerHz === undefined
      ? undefined
      : conditionalThroughput(
          lowerHz,
          trials.filter(({ loadHz, outcome }) => loadHz === lowerHz && outcome !== 'void'),
          goal,
        )
  const closedLoop = closedLoopOf(runs)
  return {
    point: index,
    flags,
    regular: 'stop' in step && step.stop === 'goal-width',
    ...('stop' in step && { stop: step.stop }),
    ...(lowerHz !== undefined && { lowerHz }),
    ...(upperHz !== undefined && { upperHz }),
    ...(limitedHz !== undefined && { limitedHz }),
    ...(unclearHz.length > 0 && { unclearFromHz: unclearHz[0]!, unclearToHz: unclearHz.at(-1)! }),
    ...queueLimits(runs, goal, 'stop' in step && step.stop === 'unclear'),
    ...(throughputHz !== undefined && { conditionalThroughputHz: throughputHz }),
    ...(closedLoop !== undefined && { closedLoopPerSecond: closedLoop }),
    ...(settings && { leastHz: settings.leastHz, mostHz: settings.mostHz }),
    trials: trials.length,
  }
}

/**
 * What the trials' length can tell, by the busiest queue of the final trials nearest to the limit: those with the most
 * requests among the ones that did not fail.
 */
function queueLimits(
  runs: readonly SweepRun[],
  { finalTrialNs, width }: CapacityGoal,
  unclear: boolean,
): Pick<Capacity, 'unfilledQueue' | 'neededTrialNs'> {
  const queues = runs
    .filter(
      ({ trial }) =>
        trial?.purpose === 'search' &&
        trial.trialNs >= finalTrialNs &&
        (trial.outcome === 'good' || trial.outcome === 'unclear'),
    )
    .flatMap((run) => run.queues ?? [])
  const queue = busiest(queues)
  if (queue === undefined || queue.requests === 0) return {}
  const { capacity: datagrams, requests } = queue
  const filled = datagrams !== undefined && {
    datagrams,
    fillNs: fillNs(datagrams, requests, finalTrialNs, width),
  }
  return {
    ...(filled && filled.fillNs > finalTrialNs && { unfilledQueue: filled }),
    ...(unclear && { neededTrialNs: Math.max(2 * finalTrialNs, tellingNs(queue, finalTrialNs, width)) }),
  }
}

/** Each capacity with its ratio to the first that there is. */
export function withRatios(capacities: readonly Capacity[]): Capacity[] {
  const first = capacities.find(({ lowerHz }) => lowerHz !== undefined)?.lowerHz
  return capacities.map((capacity) =>
    first === undefined || capacity.lowerHz === undefined
      ? capacity
      : { ...capacity, ratioToFirst: capacity.lowerHz / first },
  )
}

function trialsOf(runs: readonly SweepRun[]): SearchTrial[] {
  return runs.flatMap(({ trial, lossShare = 1, roundTripsPerSecond = 0 }) =>
    trial?.purpose === 'search' && trial.loadHz !== undefined && trial.outcome !== undefined
      ? [
          {
            loadHz: trial.loadHz,
            durationNs: trial.trialNs,
            outcome: trial.outcome,
            lossShare,
            repliesPerSecond: roundTripsPerSecond,
          },
        ]
      : [],
  )
}

/** Round trips per second of the closed loop; undefined where there was none, or one that cannot be trusted. */
function closedLoopOf(runs: readonly SweepRun[]): number | undefined {
  const run = runs.find(({ trial }) => trial?.purpose === 'closed-loop')
  return run?.error || run?.stopped ? undefined : run?.roundTripsPerSecond || undefined
}

/** To three digits: a measured rate has no more. */
function whole(load: number): number {
  return Math.max(1, Math.round(Number(load.toPrecision(3))))
}

function settingsOf(runs: readonly SweepRun[], goal: CapacityGoal): SearchSettings | undefined {
  if (goal.range) return { ...goal, ...goal.range }
  const closedLoop = closedLoopOf(runs)
  if (closedLoop === undefined) return undefined
  return {
    ...goal,
    leastHz: Math.min(LEAST_HZ, whole(LEAST_OF_CLOSED_LOOP * closedLoop)),
    mostHz: whole(MOST_OF_CLOSED_LOOP * closedLoop),
  }
}
