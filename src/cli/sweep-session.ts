import type { Origin } from '../assembly/origin.js'
import { planSweep, type SweepTexts } from '../api/plan-sweep.js'
import type { PreparedSweep, SweepTask } from '../api/sweep.js'
import { usageError } from '../errors.js'
import { FileLock } from '../files/file-lock.js'
import { readSweepResult } from '../files/saved-result.js'
import type { SweepResult } from '../result/sweep-result.js'
import { formatCount } from '../units/format.js'
import { consentToLength } from './consent.js'
import type { SavedFiles } from './lifecycle.js'

/** A sweep that was stopped, and the files that it is in. */
export interface ResumedSweep extends SweepTask {
  savedAs: SavedFiles
}

/**
 * Reads a sweep that was stopped, and plans it again.
 * @throws RpbenchError (wrong usage) where the file is none, or what it plans is not possible as it was
 */
export async function resumedSweep(
  path: string,
  here: Pick<Origin, 'toolVersion' | 'host'>,
): Promise<ResumedSweep> {
  const { earlier, lock } = await lockedSweep(path)
  refuseElsewhere(path, earlier, here)
  const { 'observe-hash': observeHash, ...supplied } = earlier.plan.supplied
  const flags: SweepTexts = { ...supplied, ...(observeHash !== undefined && { 'observe-hash': true }) }
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
export async function consentToSweep(
  { plan, goal, made, remainingNs }: PreparedSweep,
  yes: boolean,
): Promise<void> {
  await consentToLength(remainingNs, {
    what: goal
      ? `Searching at ${plan.points.length} points`
      : `This sweep of ${formatCount(plan.points.length * plan.repeat - made)} runs`,
    yes,
  })
}
