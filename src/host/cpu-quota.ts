import { posix } from 'node:path'
import { readControlGroups, type ControlGroup } from './cgroup.js'
import { kernelText } from './proc-text.js'
import type { ReadText } from './freezer.js'

/** How much CPU time a control group gets. */
export interface CpuQuota {
  /** in CPUs */
  cpus: number
  /** the group's name below the hierarchy's top */
  group: string
  /** the file that sets it, and what it takes for no quota */
  file: string
  lift: string
}

function quotaOf({ directory, name, version }: ControlGroup, read: ReadText): CpuQuota | undefined {
  const file = posix.join(directory, version === 2 ? 'cpu.max' : 'cpu.cfs_quota_us')
  const text = read(file) ?? ''
  const period = version === 2 ? text.split(/\s+/)[1] : read(posix.join(directory, 'cpu.cfs_period_us'))
  const cpus = Number.parseInt(text, 10) / Number(period)
  // `max`, −1, or nothing at all.
  return cpus > 0 ? { cpus, group: name, file, lift: version === 2 ? 'max' : '-1' } : undefined
}

/** The narrowest CPU quota of the groups that this process is in; undefined where none of them has one. */
export function readCpuQuota(
  groups: readonly ControlGroup[] = readControlGroups('cpu'),
  read: ReadText = kernelText,
): CpuQuota | undefined {
  return groups.flatMap((group) => quotaOf(group, read) ?? []).toSorted((a, b) => a.cpus - b.cpus)[0]
}
