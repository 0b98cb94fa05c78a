import { rmSync } from 'node:fs'
import { RpbenchError, usageError } from '../errors.js'
import { nextJob, remainingNs } from '../experiment/sweep-jobs.js'
import { sweepExperiment, type SweepProgress } from '../experiment/sweep.js'
import { pointLabel } from '../report/sweep-pictures.js'
import { openResultFiles, partOf, readSweepResult, replaceFile } from '../result/store.js'
import type { SweepResult, SweepRun } from '../result/sweep-result.js'
import { formatCount } from '../units/format.js'
import { consentToLength } from './consent.js'
import { watchInterrupts } from './interrupt.js'
import { ProgressLine } from './progress.js'
import { roughTime } from './rough-time.js'
import { planSweep, type PlannedSweep, type SweepFlagValues } from './sweep-flags.js'

/** A sweep with what an earlier session has done of it. */
export interface SweepTask extends PlannedSweep {
  earlier?: SweepResult
  /** of the earlier session, to be written again */
  paths?: SweepPaths
}

interface SweepPaths {
  json: string
  csv: string
}

/**
 * Reads a sweep that was stopped, and plans it again.
 * @throws RpbenchError (wrong usage) where the file is none, or what it plans is not possible as it was
 */
export async function resumedSweep(path: string): Promise<SweepTask> {
  const earlier = await readSweepResult(path)
  const { 'observe-hash': observeHash, ...supplied } = earlier.plan.supplied
  const flags: SweepFlagValues = { ...supplied, ...(observeHash !== undefined && { 'observe-hash': true }) }
  const planned = planSweep(flags)
  if (shape({ ...earlier.plan, points: earlier.points }) !== shape(planned.plan))
    throw usageError(
      `${path} cannot be resumed here: this host, or this version of rpbench, makes other points of its flags; start the sweep anew.`,
    )
  return { ...planned, earlier, paths: { json: path, csv: `${path.replace(/\.json$/, '')}.csv` } }
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

export interface SessionFlags {
  output: string
  save: boolean
  quiet: boolean
  yes: boolean
}

export interface SweepSession {
  task: SweepTask
  flags: SessionFlags
  toolVersion: string
  /** prints the result, and says where it is saved */
  report: (result: SweepResult, savedTo: string[]) => Promise<void>
}

/**
 * Makes the runs of a sweep that are still to be made; what there is so far is on disk after each of them. The first
 * Ctrl-C drops the run that is going on and ends the sweep, the second the process; both keep what was measured.
 * @throws RpbenchError when nothing was measured, or, after reporting, when the files cannot be written
 */
export async function runSweep({ task, flags, toolVersion, report }: SweepSession): Promise<SweepResult> {
  const { plan, goal, supplied, earlier } = task
  const [{ hostIdentity }, { assembleSweep }, { sweepCsv }, { measureJob }] = await Promise.all([
    import('../host/identity.js'),
    import('../assembly/sweep.js'),
    import('../report/sweep-csv.js'),
    import('../experiment/sweep-run.js'),
  ])
  const begunNs = performance.now() * 1e6
  const startedAt = new Date()
  const resultOf = (runs: readonly SweepRun[], interrupted: boolean): SweepResult =>
    assembleSweep(
      {
        toolVersion,
        host: hostIdentity(),
        startedAt: earlier?.startedAt ?? startedAt.toISOString(),
        durationNs: (earlier?.durationNs ?? 0) + performance.now() * 1e6 - begunNs,
        supplied,
        plan,
        goal,
        interrupted,
      },
      runs,
    )
  let runs: readonly SweepRun[] = earlier?.runs ?? []
  await consentToLength(remainingNs(plan, goal, runs), {
    what: goal
      ? `Searching at ${plan.points.length} points`
      : `This sweep of ${formatCount(plan.points.length * plan.repeat - runs.length)} runs`,
    yes: flags.yes,
  })
  let paths: SweepPaths | undefined
  const interrupts = watchInterrupts(() => {
    if (paths) for (const path of Object.values(paths)) rmSync(partOf(path), { force: true })
    if (paths && runs.length === 0) for (const path of Object.values(paths)) rmSync(path, { force: true })
  })
  const save = async (result: SweepResult): Promise<void> => {
    if (!paths) return
    await replaceFile(paths.json, `${JSON.stringify(result, null, 2)}\n`)
    await replaceFile(paths.csv, sweepCsv(result))
  }
  paths = flags.save ? (task.paths ?? (await openPaths(flags.output, startedAt))) : undefined
  const progress = new ProgressLine(flags.quiet)
  let failure: unknown
  try {
    // Until the last one: whoever reads the file meanwhile, or after a crash, sees that it has not come to its end.
    await save(resultOf(runs, true))
    await sweepExperiment({
      plan,
      goal,
      runs,
      measure: (job) => measureJob(job, { toolVersion, signal: interrupts.signal }),
      signal: interrupts.signal,
      onProgress: (where) => progress.show(progressText(where)),
      onRun: (done) => {
        runs = done
        return save(resultOf(done, true))
      },
    })
  } catch (error) {
    failure = error
  }
  progress.end()
  if (runs.length === 0) {
    if (paths) for (const path of Object.values(paths)) rmSync(path, { force: true })
    throw failure ?? new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
  }
  const result = resultOf(runs, nextJob(plan, goal, runs) !== undefined)
  // Printed first: a full disk must not cost the user what was measured.
  await report(result, paths ? [paths.json, paths.csv] : [])
  if (failure) throw failure
  await save(result)
  interrupts.release()
  return result
}

async function openPaths(directory: string, startedAt: Date): Promise<SweepPaths> {
  const files = await openResultFiles({ directory, startedAt, kind: 'sweep' })
  await files.write({ json: '', csv: '' })
  return { ...files.paths }
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
