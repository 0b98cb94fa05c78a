import { readFileSync } from 'node:fs'

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

/** Whether a process stands still, as after SIGSTOP: not before its main thread is out of the kernel. */
export function isStopped(pid: number): boolean {
  return /^[Tt]/.test(readActivity(pid)?.state ?? '')
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
