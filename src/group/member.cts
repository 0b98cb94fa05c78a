// The entry of a member, as a process (argv) or as a thread (workerData). It loads the addon and nothing else:
// a member should be as small as a Node process can be (docs/measurements.md has the figures).
import threads = require('node:worker_threads')
import type { Addon } from '#native'

/** What a member is told: everything it needs, so that it opens no file and asks nobody. */
export interface MemberTask {
  addon: string
  socketFd: number
  memoryFd: number
  memoryBytes: number
  blockOffset: number
  index: number
  generation: number
  runId: string
  epochNs: string
  payloadBytes: number
  /** The CPU that it is to run on; any when absent. */
  cpu?: number
  service: { kind: number; meanNs: number; tableOffset: number; tableLength: number }
  /** The process that must live for this one to live; absent in a thread. */
  parentPid?: number
}

/** How long a step serves before the event loop gets a turn. */
const STEP_NS = 50e6

const task: MemberTask = threads.isMainThread ? JSON.parse(process.argv[2] ?? '') : threads.workerData
const loaded: { exports: Partial<Addon> } = { exports: {} }
process.dlopen(loaded, task.addon)
const addon = loaded.exports as Addon

function fail(status: number, what: string): never {
  throw new Error(`member ${task.index}: ${what} failed with errno ${-status}`)
}

if (task.parentPid !== undefined) {
  addon.followParent()
  // The parent may have died before the kernel was told to watch it.
  if (process.ppid !== task.parentPid) process.exit(1)
}

addon.sharpTimers()
// First of all, so that the memory that it fills is near that CPU.
if (task.cpu !== undefined) {
  const status = addon.pinThread(task.cpu)
  if (status < 0) fail(status, `pinning to CPU ${task.cpu}`)
}

const memory = addon.mapMemory(task.memoryFd, task.memoryBytes)
if (typeof memory === 'number') fail(memory, 'mmap')
const member = addon.memberOpen(
  task.socketFd,
  task.index,
  task.generation,
  BigInt(task.runId),
  BigInt(task.epochNs),
  task.payloadBytes,
  memory,
  task.blockOffset,
  task.service.kind,
  task.service.meanNs,
  task.service.tableOffset,
  task.service.tableLength,
)
if (typeof member === 'number') fail(member, 'opening the member')

function turn(): void {
  const status = addon.memberStep(member as Exclude<typeof member, number>, STEP_NS)
  if (status < 0) fail(status, 'recvmmsg')
  if (status > 0) setImmediate(turn)
}
turn()
