import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Waits for something that has no event to await, such as the end of somebody else's child. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false,
  boundMs = 60_000,
): Promise<T> {
  const end = performance.now() + boundMs
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`waited ${boundMs} ms in vain until ${what}`)
    await delay(5)
  }
}

/** State and parent of a process, from /proc/<pid>/stat; the command's name may hold spaces and brackets. */
function statusOf(pid: number | string): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

/** Whether a process runs; one that has ended and was not waited for does not. */
export function isRunning(pid: number): boolean {
  const state = statusOf(pid)?.state
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** Whether a process stands still, by a SIGSTOP. */
export function isStopped(pid: number): boolean {
  return statusOf(pid)?.state === 'T'
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** The name of the program that a process runs. */
export function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** The processes of a user that have not ended, and how many threads they have together. */
export function processesOf(uid: number): { pids: number[]; tasks: number } {
  const own = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || !isRunning(Number(name))) return []
    try {
      const status = readFileSync(`/proc/${name}/status`, 'latin1')
      const [, user] = /^Uid:\s+(\d+)/m.exec(status) ?? []
      const [, threads] = /^Threads:\s+(\d+)/m.exec(status) ?? []
      return Number(user) === uid ? [{ pid: Number(name), threads: Number(threads) }] : []
    } catch {
      return []
    }
  })
  return { pids: own.map(({ pid }) => pid), tasks: own.reduce((sum, { threads }) => sum + threads, 0) }
}

/** The running children of a process. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statusOf(name)?.parent === parent)
    .map(Number)
    .filter((pid) => isRunning(pid))
}

/** The member processes that a process has started. */
export function membersOf(parent: number): number[] {
  return childrenOf(parent).filter((pid) => argumentsOf(pid).some((arg) => arg.endsWith('group/member.cjs')))
}

/** The front processes that a process has started. */
export function frontsOf(parent: number): number[] {
  return childrenOf(parent).filter((pid) => argumentsOf(pid).some((arg) => arg.endsWith('group/front.cjs')))
}

/** Fails when a process still has members or fronts running; for after a test. */
export function refuseLeftovers(parent: number): void {
  const left = [...membersOf(parent), ...frontsOf(parent)]
  if (left.length > 0) throw new Error(`servers still run: ${left.join(', ')}`)
}

/** Waits until none of these processes runs any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await until(`processes ${pids.join(', ')} have ended`, () => pids.every((pid) => !isRunning(pid)))
}
