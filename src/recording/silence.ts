/**
 * What a process or thread does, as the kernel tells it: `stopped` by a signal, `traced` (stopped by a debugger), `frozen`
 * (by its cgroup), `waiting` in the kernel where no signal reaches it (D), `runnable`, with or without a CPU, `sleeping`, or
 * `unknown`, where the kernel does not tell.
 */
export const TASK_STATES = [
  'stopped',
  'traced',
  'frozen',
  'waiting',
  'runnable',
  'sleeping',
  'unknown',
] as const
export type TaskState = (typeof TASK_STATES)[number]

const HELD: ReadonlySet<TaskState | undefined> = new Set(['stopped', 'traced', 'frozen'])

/** Whether nothing goes on in this state before somebody else sees to it. */
export function isHeld(state: TaskState | undefined): boolean {
  return HELD.has(state)
}

/** Who serves: a life of a member, or the front. */
export interface Server {
  /** index of the member and its generation; absent for the front */
  life?: { member: number; generation: number }
  pid: number
}

/** A time in which one of them stood still and nobody had asked it to. Times are ns since the session's epoch. */
export interface Silence extends Server {
  /** as it was last seen in that time */
  state: TaskState
  /** when it was last seen at work before */
  fromNs: number
  /** when it was seen at work again, or else when the load was over */
  toNs: number
  cameBack: boolean
}

/** A process that could not be ended. */
export interface LeftBehind extends Server {
  state: TaskState
  /** for a frozen one, the command that thaws it; it ends then */
  thaw?: string
}
