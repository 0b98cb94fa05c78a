import type { Origin } from '../assembly/origin.js'
import { RpbenchError, usageError } from '../errors.js'
import { FileLock } from '../files/file-lock.js'
import { readSweepResult } from '../files/saved-result.js'
import { nextJob, remainingNs } from '../experiment/sweep-jobs.js'
import { sweepExperiment, type SweepProgress } from '../experiment/sweep.js'
import { pointLabel } from '../report/sweep-pictures.js'
import type { ShownResult } from '../report/views.js'
import type { SweepResult, SweepRun } from '../result/sweep-result.js'
import { formatCount } from '../units/format.js'
import { consentToLength } from './consent.js'
import type { Measuring, SavedFiles } from './lifecycle.js'
import { roughTime } from './rough-time.js'
import { planSweep, type PlannedSweep, type SweepFlagValues } from './sweep-flags.js'

/** A sweep with what an earlier session has done of it. */
export interface SweepTask extends PlannedSweep {
  earlier?: SweepResult
  savedAs?: SavedFiles
}

/**
 * Reads a sweep that was stopped, and plans it again.
 * @throws RpbenchError (wrong usage) where the file is none, or what it plans is not possible as it was
 */
export async function resumedSweep(
  path: string,
  here: Pick<Origin, 'toolVersion' | 'host'>,
): Promise<SweepTask> {
  const { earlier, lock } = await lockedSweep(path)
  refuseElsewhere(path, earlier, here)
  const { 'observe-hash': observeHash, ...supplied } = earlier.plan.supplied
  const flags: SweepFlagValues = { ...supplied, ...(observeHash !== undefined && { 'observe-hash': true }) }
  const planned = planSweep(flags)
  if (shape({ ...earlier.plan, points: earlier.points }) !== shape(planned.plan))
    throw usageError(
      `${path} cannot be resumed here: this host, or this version of rpbench, makes other points of its flags; start the sweep anew.`,
    )
  return { ...planned, earlier, savedAs: { stem: path.replace(/\.json$/, ''), lock } }
}

/** A saved sweep that nobody else goes on with, as it was when that was sure. Errors as those of `readSweepResult`. */
async function lockedSweep(path: string): Promise<{ earlier: SweepResult; lock: FileLock }> {
  // Read twice: only what is a sweep's file is locked, and who had the lock may have written it anew.
  await readSweepResult(path)
  const lock = FileLock.take(path)
  return { earlier: await readSweepResult(path), lock }
}

/** Runs that differ in where and by what they were made do not belong in one table. */
function refuseElsewhere(
  path: string,
  { tool, host }: SweepResult,
  here: Pick<Origin, 'toolVersion' | 'host'>,
): void {
  const pairs = [
    ['rpbench', tool.version, here.toolVersion],
    ['host', host.hostname, here.host.hostname],
    ['kernel', host.kernel, here.host.kernel],
    ['Node', host.node, here.host.node],
    ['number of CPUs', host.cpus, here.host.cpus],
  ] as const
  const other = pairs.find(([, then, now]) => then !== now)
  if (other)
    throw usageError(
      `${path} cannot be resumed here: its runs were made with ${other[0]} ${other[1]}, and this is ${other[2]}; start the sweep anew.`,
    )
}

/** All by which two plans can be told apart. */
function shape({
  axes,
  order,
  points,
}: {
  axes: unknown
  order: unknown
  points: { flags: unknown }[]
}): string {
  return JSON.stringify([axes, order, points.map((point) => point.flags)])
}

/**
 * Asks before a sweep that takes long. Errors as those of `consentToLength`.
 * @param yes nobody needs to be asked
 */
export async function consentToSweep({ plan, goal, earlier }: SweepTask, yes: boolean): Promise<void> {
  const runs = earlier?.runs ?? []
  await consentToLength(remainingNs(plan, goal, runs), {
    what: goal
      ? `Searching at ${plan.points.length} points`
      : `This sweep of ${formatCount(plan.points.length * plan.repeat - runs.length)} runs`,
    yes,
  })
}

/**
 * Makes the runs of a sweep that are still to be made, and keeps what there is so far after each of them. An interrupted
 * run is dropped, and what went wrong on the way is in `failure`.
 * @throws RpbenchError when nothing was measured
 */
export async function runSweep(
  { plan, goal, supplied, earlier }: SweepTask,
  toolVersion: string,
  { signal, progress, keep }: Measuring<ShownResult<SweepResult>>,
): Promise<ShownResult<SweepResult> & { failure?: unknown }> {
  const [{ hostIdentity }, { assembleSweep }, { measureJob }] = await Promise.all([
    import('../host/identity.js'),
    import('../assembly/sweep.js'),
    import('../experiment/sweep-run.js'),
  ])
  const begunNs = performance.now() * 1e6
  const startedAt = earlier?.startedAt ?? new Date().toISOString()
  const resultOf = (runs: readonly SweepRun[], interrupted: boolean): SweepResult =>
    assembleSweep(
      {
        toolVersion,
        host: hostIdentity(),
        startedAt,
        durationNs: (earlier?.durationNs ?? 0) + performance.now() * 1e6 - begunNs,
        supplied,
        plan,
        goal,
        interrupted,
      },
      runs,
    )
  let runs: readonly SweepRun[] = earlier?.runs ?? []
  let failure: unknown
  try {
    await sweepExperiment({
      plan,
      goal,
      runs,
      measure: (job) => measureJob(job, { toolVersion, signal }),
      signal,
      onProgress: (where) => progress.show(progressText(where)),
      onRun: (done) => {
        runs = done
        // Until the last one: whoever reads the file meanwhile, or after a crash, sees that it has not come to its end.
        return keep({ result: resultOf(done, true) })
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

function progressText({ job, made, runs, points, pointsDone, remainingNs: left }: SweepProgress): string {
  const { loadHz } = job.trial ?? {}
  return [
    runs === undefined ? `point ${pointsDone + 1} of ${points}` : `run ${made + 1} of ${runs}`,
    ...(job.trial ? [loadHz === undefined ? 'closed loop' : `trial at ${formatCount(loadHz)}/s`] : []),
    ...(Object.keys(job.point.flags).length > 0 ? [pointLabel(job.point.flags)] : []),
    `${roughTime(left)} left`,
  ].join(' · ')
}
