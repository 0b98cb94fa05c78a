// What a member and a front have in common, as a process (argv) or as a thread (workerData). It loads the addon and
// nothing else: such a process should be as small as one of Node can be (docs/measurements.md has the figures). Modules
// are loaded by those that use them: node:worker_threads alone would be a quarter of what a process takes to start.
import type { Addon, Handle } from '#native'
import type Util = require('node:util')
import type Threads = require('node:worker_threads')

/** How long a step serves before the event loop gets a turn. */
const STEP_NS = 50e6

/** A result of the addon. @throws Error with the name of the errno that a negative number stands for */
function succeeded<T>(result: T | number, what: string): T {
  if (typeof result === 'number' && result < 0) {
    const { getSystemErrorName } = require('node:util') as typeof Util
    throw new Error(`could not serve: ${what} failed (${getSystemErrorName(result)})`)
  }
  return result as T
}

/** The task of this process, or, without one, of this thread. */
function told(): unknown {
  const task = process.argv[2]
  if (task !== undefined) return JSON.parse(task)
  return (require('node:worker_threads') as typeof Threads).workerData
}

/** Reads the task, opens the server and lets it serve until it is told to stop. */
function serve<Task extends serve.ServerTask>(kindOf: (task: Task) => serve.Kind<Task>): void {
  const task = told() as Task
  const kind = kindOf(task)
  const loaded: { exports: Partial<Addon> } = { exports: {} }
  process.dlopen(loaded, task.addon)
  const addon = loaded.exports as Addon

  if (task.parentPid !== undefined) {
    addon.followParent()
    // The parent may have died before the kernel was told to watch it.
    if (process.ppid !== task.parentPid) process.exit(1)
  }
  addon.sharpTimers()
  // First of all, so that the memory that it fills is near that CPU.
  if (task.cpu !== undefined) succeeded(addon.pinThread(task.cpu), `pinning to CPU ${task.cpu}`)
  const memory = succeeded<ArrayBuffer>(addon.mapMemory(task.memoryFd, task.memoryBytes), 'mmap')
  const server = succeeded<Handle>(kind.open(addon, task, memory), 'opening')

  const turn = (): void => {
    if (succeeded<number>(kind.step(addon, server, STEP_NS), kind.waitsIn) > 0) setImmediate(turn)
  }
  turn()
}

declare namespace serve {
  /** How a kind of server is opened on what its task says, and what a step of it is. */
  export interface Kind<Task> {
    /** a number is −errno */
    open(addon: Addon, task: Task, memory: ArrayBuffer): Handle | number
    step(addon: Addon, server: Handle, maxNs: number): number
    /** the system call that it waits in */
    waitsIn: string
  }

  /** What every server is told: everything it needs, so that it opens no file and asks nobody. */
  interface ServerTask {
    addon: string
    /** descriptors that it works with; which is which, its kind says */
    fds: number[]
    memoryFd: number
    memoryBytes: number
    blockOffset: number
    /** of the largest datagram of a run */
    payloadBytes: number
    /** The CPU that it is to run on; any when absent. */
    cpu?: number
    /** The process that must live for this one to live; absent in a thread. */
    parentPid?: number
  }
}

export = serve
