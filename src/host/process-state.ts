import { readFileSync } from 'node:fs'
import type { TaskState } from '../recording/silence.js'
import { thawCommand } from './freezer.js'

/** What a process does at a moment. */
export interface Activity {
  /** the letter of proc(5): R, S, D, T, t, Z, … */
  state: string
  /** page faults and clock ticks of CPU time so far, in one sum: it grows as long as the process does anything */
  spent: number
}

/** Reads what a process does; undefined when it has ended. */
export function readActivity(pid: number): Activity | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The command's name, in brackets before the state, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // From proc(5): minflt, majflt, utime and stime are 10, 12, 14 and 15; the state, which is first here, is 3.
  const spent = [10, 12, 14, 15].reduce((sum, field) => sum + Number(fields[field - 3]), 0)
  return { state: fields[0] ?? '', spent }
}

/** By the letter of the state in /proc/<pid>/stat (proc(5)). */
const STATES: Readonly<Record<string, TaskState>> = {
  T: 'stopped',
  t: 'traced',
  D: 'waiting',
  R: 'runnable',
  S: 'sleeping',
}

/** Reads the letter of the state out of the text of /proc/<pid>/stat; undefined for one that has ended. */
export function parseTaskState(stat: string): TaskState | undefined {
  // The command's name, in brackets before the state, may hold anything.
  const letter = stat.slice(stat.lastIndexOf(')') + 1).trim()[0]
  if (letter === undefined || 'ZXx'.includes(letter)) return undefined
  return STATES[letter] ?? 'unknown'
}

/**
 * What a process, or one thread of it, does now; undefined for one that has ended. Only a process whose main thread is out
 * of the kernel is stopped.
 */
export function readTaskState(pid: number, threadId = pid): TaskState | undefined {
  let state: TaskState | undefined
  try {
    state = parseTaskState(readFileSync(`/proc/${pid}/task/${threadId}/stat`, 'latin1'))
  } catch {
    return undefined
  }
  if (state === undefined || state === 'runnable') return state
  // A frozen task shows as D where cgroups are of version 1, and as what it was before where they are of version 2.
  return thawCommand(pid, threadId) === undefined ? state : 'frozen'
}

/** Counts for how many looks in a row a process neither did anything nor wanted to. */
export class Standstill {
  #spent = -1
  #looks = 0

  /**
   * Looks are counted, not time: who was stopped as well sees nothing in that time.
   * @param activity undefined for a process that has ended
   * @returns so many looks, 0 when it has stirred since the last
   */
  look(activity: Activity | undefined): number {
    const stirs = activity === undefined || activity.state === 'R' || activity.spent !== this.#spent
    this.#spent = activity?.spent ?? -1
    this.#looks = stirs ? 0 : this.#looks + 1
    return this.#looks
  }
}
