import { readFileSync } from 'node:fs'

/** Whether a process stands still, as after SIGSTOP: not before its main thread is out of the kernel. */
export function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name, in brackets before the state, may hold anything.
    return /^ [Tt]/.test(stat.slice(stat.lastIndexOf(')') + 1))
  } catch {
    return false
  }
}
