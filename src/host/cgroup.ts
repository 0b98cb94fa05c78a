import { readFileSync } from 'node:fs'
import { posix } from 'node:path'

/** How a CPU quota held this process's group back. */
export interface Throttling {
  /** periods in which the group had used its quota up and was stopped */
  count: number
  /** for how long, summed over CPUs */
  ns: number
}

/** A line of /proc/self/mountinfo, as far as it matters here. */
interface Mount {
  /** the part of the hierarchy that is mounted */
  root: string
  point: string
  type: string
  options: string[]
}

/** Fields as proc(5) gives them: … root, mount point, options, optional ones up to a dash, type, source, super options. */
function parseMount(line: string): Mount {
  const [fields = '', tail = ''] = line.split(' - ')
  const [, , , root = '/', point = ''] = fields.split(' ')
  const [type = '', , options = ''] = tail.split(' ')
  return { root, point, type, options: options.split(',') }
}

/** The path of this process in the hierarchy of a controller (v1), or in the unified one (v2). */
function pathIn(cgroup: string, controller: string, version: 1 | 2): string | undefined {
  return cgroup
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .find((match) => (version === 1 ? match?.[1]?.split(',').includes(controller) : match?.[1] === ''))?.[2]
}

/** A group that this process is in: its directory, its name below the hierarchy's top, and which version it is of. */
export interface ControlGroup {
  directory: string
  name: string
  version: 1 | 2
}

/**
 * The groups that a controller holds a process in: its own and each above it, since a bound anywhere on that path
 * binds it; from the top down. From the texts of /proc/<pid>/cgroup and /proc/self/mountinfo; none where cgroups are not
 * mounted.
 * @param version that where the controller is, when absent
 */
export function controlGroups(
  cgroup: string,
  mountinfo: string,
  controller: string,
  version: 1 | 2 = pathIn(cgroup, controller, 1) === undefined ? 2 : 1,
): ControlGroup[] {
  const mounts = mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map(parseMount)
  const path = pathIn(cgroup, controller, version)
  const mount = mounts.find(({ type, options }) =>
    version === 1 ? type === 'cgroup' && options.includes(controller) : type === 'cgroup2',
  )
  if (path === undefined || mount === undefined) return []
  // In a container the mount may begin below the top, at the container's own group.
  const below = posix.relative(mount.root, path)
  const steps = below.startsWith('..') ? [] : below.split('/').filter((step) => step !== '')
  return [...steps.keys(), steps.length].map((depth) => ({
    directory: posix.join(mount.point, ...steps.slice(0, depth)),
    name: posix.join(mount.root, ...steps.slice(0, depth)),
    version,
  }))
}

/** The groups that a controller holds this process in, as they are now. */
export function readControlGroups(controller: string): ControlGroup[] {
  const [cgroup = '', mountinfo = ''] = textsOf(['/proc/self/cgroup', '/proc/self/mountinfo'])
  return controlGroups(cgroup, mountinfo, controller)
}

/** Reads a cpu.stat file: throttled_usec of v2 or throttled_time (ns) of v1; undefined for a group without a quota's counters. */
export function parseThrottling(cpuStat: string): Throttling | undefined {
  const value = (key: string): number | undefined => {
    const match = new RegExp(`^${key} (\\d+)$`, 'm').exec(cpuStat)
    return match ? Number(match[1]) : undefined
  }
  const count = value('nr_throttled')
  const microseconds = value('throttled_usec')
  const ns = microseconds === undefined ? value('throttled_time') : microseconds * 1000
  return count === undefined || ns === undefined ? undefined : { count, ns }
}

/** What passed between two readings. */
export function throttlingBetween(before: Throttling, after: Throttling): Throttling {
  return { count: after.count - before.count, ns: after.ns - before.ns }
}

/** The texts of those files that can be read. */
function textsOf(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    try {
      return [readFileSync(file, 'latin1')]
    } catch {
      return []
    }
  })
}

/** Throttling of this process's groups so far; undefined where no group on its path has such counters. */
export function readThrottling(): Throttling | undefined {
  const files = readControlGroups('cpu').map(({ directory }) => posix.join(directory, 'cpu.stat'))
  const levels = textsOf(files)
    .map(parseThrottling)
    .filter((level) => level !== undefined)
  return levels.length === 0
    ? undefined
    : levels.reduce((sum, level) => ({ count: sum.count + level.count, ns: sum.ns + level.ns }))
}
