import type { CapacityGoal } from '../analysis/capacity/capacity.js'
import { judgeTrial } from '../analysis/capacity/trial-outcome.js'
import type { RunSummary } from '../analysis/sweep/run-summary.js'
import type { SweepPlan } from '../plan/sweep-plan.js'
import type { SweepRun } from '../result/sweep-result.js'
import { attempt } from './attempt.js'
import { nextJob, remainingNs, type SweepJob } from './sweep-jobs.js'

export interface SweepProgress {
  job: SweepJob
  /** runs made before this one, and in all; the latter is not known of a search */
  made: number
  runs?: number
  /** points whose search has ended, and all points */
  points: number
  pointsDone: number
  /** expected to be left, this run included, ns */
  remainingNs: number
}

export interface SweepOptions {
  plan: SweepPlan
  goal: CapacityGoal | undefined
  /** of an earlier session, where one is resumed */
  runs: readonly SweepRun[]
  /** makes one run; undefined where it was interrupted */
  measure: (job: SweepJob) => Promise<RunSummary | undefined>
  signal: AbortSignal
  onProgress: (progress: SweepProgress) => void
  /** after each run, with all of them */
  onRun: (runs: readonly SweepRun[]) => Promise<void>
}

/**
 * Makes the runs of a sweep, one after another. One that fails or is not valid is kept with its error or verdict, and the
 * sweep goes on; one that is interrupted is dropped, and ends it.
 * @returns all runs, those of an earlier session first
 * @throws RpbenchError RPB_NOT_WRITTEN where `onRun` cannot keep them; anything else that is not an RpbenchError
 */
export async function sweepExperiment(options: SweepOptions): Promise<SweepRun[]> {
  const { plan, goal, signal } = options
  const runs = [...options.runs]
  while (!signal.aborted) {
    const job = nextJob(plan, goal, runs)
    if (!job) break
    options.onProgress({
      job,
      made: runs.length,
      ...(!goal && { runs: plan.points.length * plan.repeat }),
      points: plan.points.length,
      pointsDone: goal ? new Set(runs.map(({ point }) => point)).size - Number(hasBegun(job, runs)) : 0,
      remainingNs: remainingNs(plan, goal, runs),
    })
    const run = await runOf(job, goal, options.measure)
    if (!run) break
    runs.push(run)
    await options.onRun(runs)
  }
  return runs
}

function hasBegun({ point }: SweepJob, runs: readonly SweepRun[]): boolean {
  return runs.some((run) => run.point === point.index)
}

/** Makes one run; undefined where it was interrupted. */
async function runOf(
  job: SweepJob,
  goal: CapacityGoal | undefined,
  measure: SweepOptions['measure'],
): Promise<SweepRun | undefined> {
  const { point, repetition, plan, trial } = job
  const began = performance.now()
  const startedAt = new Date().toISOString()
  const made = await attempt(() => measure(job))
  if (!made) return undefined
  const run: SweepRun = {
    ...('measured' in made ? made.measured : { startedAt, durationNs: 0, ...made }),
    point: point.index,
    repetition,
    seed: plan.seed,
    flags: point.flags,
    wallNs: Math.round((performance.now() - began) * 1e6),
    ...(trial && { trial }),
  }
  if (!goal || trial?.purpose !== 'search') return run
  return { ...run, trial: { ...trial, ...judgeTrial(run, goal) } }
}
