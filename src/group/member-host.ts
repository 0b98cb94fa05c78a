import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { entryFile } from '../entry.js'
import { launcherPath } from '../native.js'
import type { ServerTask } from './serve.cjs'

/** What a server is: a member of the group, or the front of one. */
export type ServerEntry = 'group/member.cjs' | 'group/front.cjs'

/** What runs one server: a process of its own, or a thread of this one. */
export interface MemberHost {
  readonly pid: number
  /** its descriptors, by the numbers that they have there */
  readonly fds: readonly number[]
  /** Resolves when it has ended, with what ended it if it was not told to stop. */
  readonly ended: Promise<string | undefined>
  /** Whether what ended it is in its own words. */
  readonly explained: boolean
  /** Ends it at once. */
  kill(): void
  /** Waits for it no more: it is no reason for this process to go on. */
  abandon(): void
}

/** How long the kernel may take to end what was killed: one in a frozen control group stays until that thaws. */
const KILL_BOUND_MS = 2_000

/** Waits for a server's end. @returns whether it came within `boundMs` */
export async function endedWithin({ ended }: Pick<MemberHost, 'ended'>, boundMs: number): Promise<boolean> {
  const given = new AbortController()
  const inTime = await Promise.race([
    ended.then(() => true),
    delay(boundMs, false, { signal: given.signal }).catch(() => false),
  ])
  given.abort()
  return inTime
}

/** Kills a server and waits for its end, for a bounded time. @returns whether it came */
export async function killed(host: MemberHost): Promise<boolean> {
  host.kill()
  const ended = await endedWithin(host, KILL_BOUND_MS)
  host.abandon()
  return ended
}

/** Kills servers and waits for their end, for a bounded time. */
export async function killAll(hosts: readonly MemberHost[]): Promise<void> {
  await Promise.all(hosts.map(killed))
}

/** A server that could not even be started. */
function stillborn(error: unknown): MemberHost {
  return {
    pid: 0,
    fds: [],
    ended: (async () => notStarted(error))(),
    explained: false,
    kill: () => {},
    abandon: () => {},
  }
}

function notStarted(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  // A thread's says that it could not be initialised, and the errno in its message.
  const why = code === undefined || code === 'ERR_WORKER_INIT_FAILED' ? message : code
  return `could not be started (${why})`
}

/**
 * A server serves in native code and holds next to nothing in the heap, so it is spared V8's helper threads and
 * a young generation of 16 MB. All that it ever looks up by name is its own: the tables that come with Node need no
 * hash of their own for each process.
 */
const SMALL_NODE = [
  '--v8-pool-size=0',
  '--single-threaded',
  '--max-semi-space-size=1',
  '--no-rehash-snapshot',
]

/** Nothing of ours concerns a server; what the dynamic linker and sanitizers are told does. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(([name]) => /^(LD_|ASAN_|UBSAN_)/.test(name))
  return Object.fromEntries(passed)
}

/**
 * Starts a server as a process, tied to this one before it is Node. It inherits the shared memory and its sockets as descriptors 3 and up. It stays in the
 * parent's session: where the scheduler groups processes by session, one of its own would be weighed like all of the
 * client's, which no real group of servers is.
 */
export function startProcess(entry: ServerEntry, task: ServerTask): MemberHost {
  const inherited = { ...task, memoryFd: 3, fds: task.fds.map((_, i) => 4 + i), parentPid: process.pid }
  const node = [process.execPath, ...SMALL_NODE, entryFile(entry), JSON.stringify(inherited)]
  let child: ChildProcess
  try {
    child = spawn(launcherPath(), [String(process.pid), ...node], {
      stdio: ['ignore', 'ignore', 'pipe', task.memoryFd, ...task.fds],
      env: serverEnvironment(),
    })
  } catch (error) {
    return stillborn(error)
  }
  let complaint = ''
  let explained = false
  // Piped because of the fourth argument's type: stdio above makes it a stream.
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)))
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(notStarted(error)))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(undefined)
      const reason = signal === null ? /^\w*Error: (.*)$/m.exec(complaint)?.[1] : undefined
      explained = reason !== undefined
      resolve(signal ? `was killed by ${signal}` : (reason ?? `ended with status ${code}`))
    })
  })
  return {
    pid: child.pid ?? 0,
    fds: inherited.fds,
    ended,
    get explained() {
      return explained
    },
    kill: () => void child.kill('SIGKILL'),
    abandon: () => {
      child.unref()
      child.stderr?.destroy()
    },
  }
}

/** Starts a server as a thread of this process; it uses the descriptors as they are. */
export function startThread(entry: ServerEntry, task: ServerTask): MemberHost {
  let worker: Worker
  try {
    worker = new Worker(entryFile(entry), { workerData: task })
  } catch (error) {
    return stillborn(error)
  }
  let explained = false
  const ended = new Promise<string | undefined>((resolve) => {
    worker.on('error', (error) => {
      explained = true
      resolve(error instanceof Error ? error.message : String(error))
    })
    worker.on('exit', (code) => resolve(code === 0 ? undefined : `ended with status ${code}`))
  })
  return {
    pid: process.pid,
    fds: task.fds,
    ended,
    get explained() {
      return explained
    },
    kill: () => void worker.terminate(),
    abandon: () => worker.unref(),
  }
}
