import type { CapacityGoal } from '../analysis/capacity/capacity.js'
import { assembleSweep } from '../assembly/sweep.js'
import { RpbenchError } from '../errors.js'
import { doneShare } from '../experiment/expected-time.js'
import type { Progress } from '../experiment/progress.js'
import { nextJob, remainingNs } from '../experiment/sweep-jobs.js'
import type { RunOptions } from '../experiment/run.js'
import { measureJob } from '../experiment/sweep-run.js'
import { sweepExperiment, type SweepProgress } from '../experiment/sweep.js'
import { hostRecord } from '../experiment/host-record.js'
import { judged } from '../metrics/judged.js'
import { pointLabel, type SweepPlan } from '../plan/sweep-plan.js'
import type { SweepResult, SweepRun } from '../result/sweep-result.js'
import { formatCount } from '../units/format.js'
import { controlAccess } from './control-token.js'
import { planSweep, type PlannedSweep, type SweepTexts } from './plan-sweep.js'
import { judgeable, keptThresholds, readThresholds, type ThresholdTexts } from './read-thresholds.js'
import { TOOL_VERSION } from './tool-version.js'
import { watched } from './watched.js'
import type { WatchingSeveral } from './watching.js'

/** A sweep with what an earlier session has done of it. */
export interface SweepTask extends PlannedSweep {
  earlier?: SweepResult
}

export interface PreparedSweep {
  plan: SweepPlan
  goal: CapacityGoal | undefined
  /** runs that an earlier session made */
  made: number
  /** how long it is expected to take, ns */
  remainingNs: number
  /**
   * Makes the runs that are still to be made. An interrupted run is dropped, and what went wrong on the way is in `failure`.
   * @throws RpbenchError when nothing was measured
   */
  measure: (watching: WatchingSeveral<SweepResult>) => Promise<{ result: SweepResult; failure?: unknown }>
}

/**
 * Plans a sweep on this host.
 * @throws RpbenchError (wrong usage) naming the flag, also where no point makes sense; nothing was started then
 */
export function prepareSweep(texts: SweepTexts & ThresholdTexts): PreparedSweep {
  return preparedSweep(planSweep(texts), texts)
}

/**
 * The same of one that was planned.
 * @param limits those that it was held against before where there are none
 * @throws RpbenchError (wrong usage) where a threshold is none, or is not measured
 */
export function preparedSweep(task: SweepTask, limits: ThresholdTexts): PreparedSweep {
  const { plan, goal, earlier } = task
  const kept = limits.threshold === undefined ? keptThresholds(earlier?.thresholds) : limits
  const thresholds = readThresholds(kept, {
    command: 'sweep',
    ...judgeable(plan.points.map((point) => point.plan)),
    search: goal !== undefined,
  })
  const runs = earlier?.runs ?? []
  // All points ask the same target.
  const [first] = plan.points
  const control = first && controlAccess(first.plan)
  return {
    plan,
    goal,
    made: runs.length,
    remainingNs: remainingNs(plan, goal, runs),
    measure: async ({ onResult, ...watching }) => {
      const { result, ...failure } = await measureSweep(
        { ...task, control },
        {
          ...watching,
          onResult: (soFar) => onResult?.(judged(soFar, thresholds)),
        },
      )
      return { result: judged(result, thresholds), ...failure }
    },
  }
}

async function measureSweep(
  { plan, goal, supplied, earlier, control }: SweepTask & Pick<RunOptions, 'control'>,
  { onResult, ...watching }: WatchingSeveral<SweepResult>,
): Promise<{ result: SweepResult; failure?: unknown }> {
  const { signal, onProgress } = watched(watching)
  const began = performance.now()
  const startedAt = earlier?.startedAt ?? new Date().toISOString()
  const resultOf = (runs: readonly SweepRun[], interrupted: boolean): SweepResult =>
    assembleSweep(
      {
        toolVersion: TOOL_VERSION,
        host: hostRecord(),
        startedAt,
        durationNs: (earlier?.durationNs ?? 0) + nsSince(began),
        supplied,
        plan,
        goal,
        interrupted,
      },
      runs,
    )
  let runs: readonly SweepRun[] = earlier?.runs ?? []
  let failure: unknown
  let where: SweepProgress | undefined
  let since = began
  try {
    await sweepExperiment({
      plan,
      goal,
      runs,
      measure: (job) =>
        measureJob(job, {
          toolVersion: TOOL_VERSION,
          control,
          signal,
          onProgress: (progress) =>
            onProgress(ofSweep(progress, where!, { beforeNs: spentNs(runs), elapsedNs: nsSince(since) })),
        }),
      signal,
      onProgress: (job) => {
        where = job
        since = performance.now()
      },
      onRun: async (done) => {
        runs = done
        // Until the last one: whoever reads the file meanwhile, or after a crash, sees that it has not come to its end.
        await onResult?.(resultOf(done, true))
      },
    })
  } catch (error) {
    failure = error
  }
  if (runs.length === 0)
    throw failure ?? new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
  const result = resultOf(runs, nextJob(plan, goal, runs) !== undefined)
  return { result, ...(failure !== undefined && { failure }) }
}

const nsSince = (ms: number): number => (performance.now() - ms) * 1e6

/** What the runs took. */
const spentNs = (runs: readonly SweepRun[]): number => runs.reduce((sum, { wallNs }) => sum + wallNs, 0)

/** Where a run of a sweep is → where the sweep is. @param beforeNs what the runs before it took; @param elapsedNs since it began */
function ofSweep(
  progress: Progress,
  where: SweepProgress,
  { beforeNs, elapsedNs }: { beforeNs: number; elapsedNs: number },
): Progress {
  const { job, made, runs, points, pointsDone } = where
  const { loadHz } = job.trial ?? {}
  const of = [
    runs === undefined ? `point ${pointsDone + 1} of ${points}` : `run ${made + 1} of ${runs}`,
    ...(job.trial ? [loadHz === undefined ? 'closed loop' : `trial at ${formatCount(loadHz)}/s`] : []),
    ...(Object.keys(job.point.flags).length > 0 ? [pointLabel(job.point.flags)] : []),
  ].join(' · ')
  // Never less than this run alone takes.
  const leftNs = Math.max(progress.remainingNs, where.remainingNs - elapsedNs)
  return { ...progress, of, remainingNs: leftNs, doneShare: doneShare(beforeNs + elapsedNs, leftNs) }
}
