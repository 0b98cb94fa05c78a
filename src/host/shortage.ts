import { readdirSync, readFileSync } from 'node:fs'
import { getuid } from 'node:process'
import { nextAfter } from '../errors.js'
import { formatBytes, formatCount } from '../units/format.js'
import { readControlGroups, type ControlGroup } from './cgroup.js'
import { openFileCount, openFileLimit, resourceLimit } from './limits.js'

/** What something that is started takes. */
export interface Need {
  /** processes and threads: the kernel counts both as tasks */
  tasks: number
  /** resident memory */
  bytes: number
  files: number
  /** address space that each of its processes reserves, bytes; absent where it has none of its own */
  addressBytes?: number
}

/** Something of which there is only so much: what is left of it, what is needed, in words what it is, and what to try. */
export interface Bounded {
  left: number
  need: number
  says: string
  raise: string
}

/** The one whose bound is nearest, of those that leave less than is needed; undefined where there is enough of all. */
export function scarcest(all: readonly Bounded[]): Bounded | undefined {
  return all.filter(({ left, need }) => left < need).toSorted((a, b) => a.left / a.need - b.left / b.need)[0]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** A number alone in a file; undefined where there is none, as in one that says `max`. */
function numberIn(path: string): number | undefined {
  const text = textOf(path).trim()
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** A line of a file of /proc, such as `Threads: 4`. */
function field(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(text)?.[1]
}

/** CAP_SYS_ADMIN and CAP_SYS_RESOURCE: who has either is not held to RLIMIT_NPROC, nor is root. */
const FREE_OF_NPROC = (1n << 21n) | (1n << 24n)

function isFreeOfNproc(): boolean {
  const effective = BigInt(`0x${field(textOf('/proc/self/status'), 'CapEff') ?? '0'}`)
  return getuid?.() === 0 || (effective & FREE_OF_NPROC) !== 0n
}

/** How many processes and threads a user has, as far as they can be seen here. */
function tasksOf(uid: number): number {
  let tasks = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = textOf(`/proc/${name}/status`)
    if (Number(field(status, 'Uid')) === uid) tasks += Number(field(status, 'Threads'))
  }
  return tasks
}

function userTasks(need: number): Bounded[] {
  const most = resourceLimit('Max processes')
  const uid = getuid?.()
  if (most === undefined || uid === undefined || isFreeOfNproc()) return []
  const used = tasksOf(uid)
  const says = `this user has ${formatCount(used)} of at most ${formatCount(most)} processes and threads (RLIMIT_NPROC)`
  return [{ left: most - used, need, says, raise: 'raise it with ulimit -u' }]
}

function groupTasks(need: number): Bounded[] {
  return readControlGroups('pids').flatMap(({ directory, name }) => {
    const most = numberIn(`${directory}/pids.max`)
    const used = numberIn(`${directory}/pids.current`)
    if (most === undefined || used === undefined) return []
    const says = `the control group ${name} has ${formatCount(used)} of at most ${formatCount(most)} processes and threads (pids.max)`
    return [{ left: most - used, need, says, raise: 'raise its pids.max' }]
  })
}

function hostTasks(need: number): Bounded[] {
  // The fourth field: tasks that are runnable, and after the slash all of them.
  const used = Number(/\/(\d+) /.exec(textOf('/proc/loadavg'))?.[1])
  return ['threads-max', 'pid_max'].flatMap((name) => {
    const most = numberIn(`/proc/sys/kernel/${name}`)
    if (most === undefined || Number.isNaN(used)) return []
    const says = `this host has ${formatCount(used)} of at most ${formatCount(most)} processes and threads (kernel.${name})`
    return [{ left: most - used, need, says, raise: `raise it with sysctl kernel.${name}` }]
  })
}

/** The bound of a group's memory and what it uses of it, without files that it only keeps cached. */
function groupMemory({ directory, version }: ControlGroup): { most?: number; used?: number } {
  const [bound, usage, cached] =
    version === 2
      ? ['memory.max', 'memory.current', 'inactive_file']
      : ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file']
  const most = numberIn(`${directory}/${bound}`)
  const all = numberIn(`${directory}/${usage}`)
  if (most === undefined || all === undefined) return {}
  const match = new RegExp(`^${cached} (\\d+)$`, 'm').exec(textOf(`${directory}/memory.stat`))
  return { most, used: all - Number(match?.[1] ?? 0) }
}

function memory(need: number): Bounded[] {
  const availableKb = Number(field(textOf('/proc/meminfo'), 'MemAvailable'))
  const ofHost = {
    left: Number.isNaN(availableKb) ? Infinity : availableKb * 1024,
    need,
    says: `this host has ${formatBytes(availableKb * 1024)} of memory left`,
    raise: 'end what takes it',
  }
  const ofGroups = readControlGroups('memory').flatMap((group) => {
    const { most, used } = groupMemory(group)
    if (most === undefined || used === undefined) return []
    const says = `the control group ${group.name} has ${formatBytes(used)} of at most ${formatBytes(most)} of memory`
    return [{ left: most - used, need, says, raise: 'raise its bound' }]
  })
  return [ofHost, ...ofGroups]
}

function addressSpace(need: number): Bounded[] {
  const left = resourceLimit('Max address space')
  if (left === undefined) return []
  const says = `a process may have ${formatBytes(left)} of address space (RLIMIT_AS), and Node reserves ${formatBytes(need)}`
  return [{ left, need, says, raise: 'raise it with ulimit -v' }]
}

function files(need: number): Bounded[] {
  const [used, most] = [openFileCount(), openFileLimit()]
  const says = `${formatCount(used)} of at most ${formatCount(most)} files are open (RLIMIT_NOFILE)`
  return [{ left: most - used, need, says, raise: 'raise it with ulimit -n' }]
}

/** How many processes and threads can be started here, by the bound that leaves the least; undefined: none is known. */
export function tasksLeft(): Bounded | undefined {
  const all = [...found(() => userTasks(1)), ...found(() => groupTasks(1)), ...found(() => hostTasks(1))]
  return all.toSorted((a, b) => a.left - b.left)[0]
}

/** How much memory is left here, by the bound that leaves the least, bytes; undefined: none is known. */
export function memoryLeft(): Bounded | undefined {
  return found(() => memory(1)).toSorted((a, b) => a.left - b.left)[0]
}

/** Reads what bounds this process's starting of others, and finds what there is too little of; undefined: nothing. */
function shortageOf(need: Need): Bounded | undefined {
  return scarcest([
    ...found(() => userTasks(need.tasks)),
    ...found(() => groupTasks(need.tasks)),
    ...found(() => hostTasks(need.tasks)),
    ...found(() => memory(need.bytes)),
    ...found(() => files(need.files)),
    ...found(() => (need.addressBytes === undefined ? [] : addressSpace(need.addressBytes))),
  ])
}

/** What reading finds; where not even a file can be opened for it, that is the shortage. */
function found(read: () => Bounded[]): Bounded[] {
  try {
    return read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EMFILE' && code !== 'ENFILE') return []
    return [{ left: 0, need: 1, says: 'no more files can be opened', raise: 'raise ulimit -n' }]
  }
}

/**
 * Why something may not have started, and what to try, as the end of a sentence: of the bounds that this process is
 * under, the one that leaves the least of what is needed.
 * @param orElse what else to try, such as `lower --procs`
 * @returns undefined where there is enough of all that is known
 */
export function shortageClause(need: Need, orElse: string): string | undefined {
  const shortage = shortageOf(need)
  return shortage && `${shortage.says}: ${shortage.raise}, or ${orElse}`
}

/**
 * What it may be where the kernel refused a process or a thread, and nothing is short by the time that it is looked at, as
 * half a sentence.
 * @param what such as `thread`
 * @param error what was said of it, with the name of its errno
 */
export function refusalClause(what: string, error: string, orElse: string): string {
  const forbidden = /\b(EPERM|EACCES|ENOSYS)\b/.exec(error)?.[1]
  return forbidden === undefined
    ? `there was no room for another ${what} (ulimit -u, pids.max of the control group, memory): raise what is short, or ${orElse}`
    : nextAfter(forbidden)
}
