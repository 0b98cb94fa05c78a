import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { controlGroups } from './cgroup.js'

/** How one version of cgroups tells that a group is frozen, and by which of the groups above it. */
interface Freezer {
  version: 1 | 2
  /** of the group itself, also where one above it was frozen: file, and what its text has then */
  frozen: { file: string; holds: RegExp }
  /** of the group that was asked to freeze */
  asked: { file: string; holds: RegExp }
  thaw: { file: string; value: string }
}

const FREEZERS: readonly Freezer[] = [
  {
    // Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst
    version: 1,
    frozen: { file: 'freezer.state', holds: /^FR(OZEN|EEZING)/ },
    asked: { file: 'freezer.self_freezing', holds: /^1/ },
    thaw: { file: 'freezer.state', value: 'THAWED' },
  },
  {
    // Documentation/admin-guide/cgroup-v2.rst
    version: 2,
    frozen: { file: 'cgroup.events', holds: /^frozen 1$/m },
    asked: { file: 'cgroup.freeze', holds: /^1/ },
    thaw: { file: 'cgroup.freeze', value: '0' },
  },
]

/** The text of a file; undefined where it cannot be read. */
export type ReadText = (path: string) => string | undefined

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/**
 * Whether a process, or one thread of it, is frozen by its cgroup.
 * @returns the command that thaws it; undefined where it is not frozen, or cannot be looked into
 */
export function thawCommand(pid: number, threadId = pid, read: ReadText = readText): string | undefined {
  const cgroup = read(`/proc/${pid}/task/${threadId}/cgroup`)
  const mountinfo = read('/proc/self/mountinfo')
  if (cgroup === undefined || mountinfo === undefined) return undefined
  for (const { version, frozen, asked, thaw } of FREEZERS) {
    const groups = controlGroups(cgroup, mountinfo, 'freezer', version)
    const directories = groups.map(({ directory }) => directory)
    const own = directories.at(-1)
    const has = (directory: string, { file, holds }: Freezer['frozen']): boolean =>
      holds.test(read(posix.join(directory, file)) ?? '')
    if (own === undefined || !has(own, frozen)) continue
    const by = directories.findLast((directory) => has(directory, asked)) ?? own
    return `echo ${thaw.value} > ${posix.join(by, thaw.file)}`
  }
  return undefined
}
