import { spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { entryFile } from '../entry.js'
import type { ServerTask } from './serve.cjs'

/** What a server is: a member of the group, or the front of one. */
export type ServerEntry = 'group/member.cjs' | 'group/front.cjs'

/** What runs one server: a process of its own, or a thread of this one. */
export interface MemberHost {
  readonly pid: number
  /** Resolves when it has ended, with what ended it if it was not told to stop. */
  readonly ended: Promise<string | undefined>
  /** Ends it at once. */
  kill(): void
}

/**
 * A server serves in native code and holds next to nothing in the heap, so it is spared V8's helper threads and
 * a young generation of 16 MB.
 */
const SMALL_NODE = ['--v8-pool-size=0', '--single-threaded', '--max-semi-space-size=1']

/** Nothing of ours concerns a server; what the dynamic linker and sanitizers are told does. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(([name]) => /^(LD_|ASAN_|UBSAN_)/.test(name))
  return Object.fromEntries(passed)
}

/**
 * Starts a server as a process. It inherits the shared memory and its sockets as descriptors 3 and up. It stays in the
 * parent's session: where the scheduler groups processes by session, one of its own would be weighed like all of the
 * client's, which no real group of servers is.
 */
export function startProcess(entry: ServerEntry, task: ServerTask): MemberHost {
  const inherited = { ...task, memoryFd: 3, fds: task.fds.map((_, i) => 4 + i), parentPid: process.pid }
  const child = spawn(process.execPath, [...SMALL_NODE, entryFile(entry), JSON.stringify(inherited)], {
    stdio: ['ignore', 'ignore', 'pipe', task.memoryFd, ...task.fds],
    env: serverEnvironment(),
  })
  let complaint = ''
  // Piped because of the fourth argument's type: stdio above makes it a stream.
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)))
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(`could not be started (${error.message})`))
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(undefined)
      const reason = /^\w*Error: (.*)$/m.exec(complaint)?.[1]
      resolve(signal ? `was killed by ${signal}` : (reason ?? `ended with status ${code}`))
    })
  })
  return { pid: child.pid ?? 0, ended, kill: () => void child.kill('SIGKILL') }
}

/** Starts a server as a thread of this process; it uses the descriptors as they are. */
export function startThread(entry: ServerEntry, task: ServerTask): MemberHost {
  const worker = new Worker(entryFile(entry), { workerData: task })
  const ended = new Promise<string | undefined>((resolve) => {
    worker.on('error', (error) => resolve(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => resolve(code === 0 ? undefined : `ended with status ${code}`))
  })
  return { pid: process.pid, ended, kill: () => void worker.terminate() }
}
