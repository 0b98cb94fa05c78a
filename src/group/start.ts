import { RpbenchError } from '../errors.js'
import { readActivity, Standstill } from '../host/process-state.js'
import { refusalClause, shortageClause } from '../host/shortage.js'
import { flagOf } from '../plan/parameters/table.js'
import type { MemberHost } from './member-host.js'
import { until } from './until.js'

/** A server that was just started. */
export interface Starting {
  /** who it is, at the beginning of a sentence */
  who: string
  host: MemberHost
  serves(): boolean
  /** what ended it */
  died(): string | undefined
}

/** How long servers may take to come up: 256 Node processes on two cores need about 15 s. */
const START_BOUND_MS = 60_000

/**
 * How often it is looked whether one stands still, and at how many looks in a row it is given up: a process that starts
 * computes, reads files and touches memory all the time, or waits for a CPU, which is seen.
 */
const LOOK_MS = 500
const STILL_LOOKS = 10
const STILL_SECONDS = (LOOK_MS * STILL_LOOKS) / 1000

/** Threads that a server has, as measured with Node 20. */
export const MEMBER_TASKS = 4
/** What else it takes: resident and reserved memory, bytes. */
const SERVER = { tasks: MEMBER_TASKS, bytes: 45e6, addressBytes: 0.8e9 }
/** Descriptors of this process while it starts others: pipes, and those that the sockets are handed on through. */
const FILES = 8

function named({ who, host }: Starting): string {
  return host.pid === 0 || host.pid === process.pid ? who : `${who} (process ${host.pid})`
}

/** The error of a server that did not come up, with what is likely the cause where something is short. */
function startError(what: string, notServing: number, otherwise?: string): RpbenchError {
  const need = { ...SERVER, tasks: SERVER.tasks * notServing, bytes: SERVER.bytes * notServing, files: FILES }
  const cause = shortageClause(need, `lower ${flagOf('procs')}`) ?? otherwise
  return new RpbenchError('RPB_MEMBER', cause === undefined ? `${what}.` : `${what}; ${cause}.`)
}

/** The first of them that has stood still for too long. */
class StillWatch {
  readonly #watched: { server: Starting; still: Standstill }[]
  #nextMs = performance.now() + LOOK_MS

  constructor(servers: readonly Starting[]) {
    this.#watched = servers.map((server) => ({ server, still: new Standstill() }))
  }

  /** Looks, when it is time to. */
  find(): { server: Starting; stopped: boolean } | undefined {
    if (performance.now() < this.#nextMs) return undefined
    this.#nextMs = performance.now() + LOOK_MS
    let found: { server: Starting; stopped: boolean } | undefined
    for (const { server, still } of this.#watched) {
      if (server.serves()) continue
      const activity = readActivity(server.host.pid)
      if (still.look(activity) >= STILL_LOOKS) found ??= { server, stopped: /^[Tt]/.test(activity!.state) }
    }
    return found
  }
}

/**
 * Waits until servers that were just started serve.
 * @throws RpbenchError naming one that died, stands still or did not come up in time, with what is likely the cause;
 * RPB_INTERRUPTED when `signal` was aborted first. What was started is the caller's to end.
 */
export async function untilServing(servers: readonly Starting[], signal?: AbortSignal): Promise<void> {
  const watch = new StillWatch(servers)
  let still: ReturnType<StillWatch['find']>
  await until(
    () =>
      signal?.aborted === true ||
      servers.some((server) => server.died() !== undefined) ||
      servers.every((server) => server.serves()) ||
      (still = watch.find()) !== undefined,
    START_BOUND_MS,
  )
  if (signal?.aborted) throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
  const waiting = servers.filter((server) => !server.serves())
  const dead = servers.find((server) => server.died() !== undefined)
  if (dead) {
    const created = dead.host.pid !== 0
    const why = `${named(dead)} ${dead.died()}${created ? ' while starting' : ''}`
    if (dead.host.explained) throw new RpbenchError('RPB_MEMBER', `${why}.`)
    const refused = refusalClause('process or thread', why, `lower ${flagOf('procs')}`)
    throw startError(why, waiting.length, created ? undefined : refused)
  }
  if (still) throw stillError(still, waiting.length)
  if (waiting[0])
    throw startError(
      `${named(waiting[0])} did not start within ${START_BOUND_MS / 1000} s`,
      waiting.length,
      `lower ${flagOf('procs')}`,
    )
}

function stillError(
  { server, stopped }: { server: Starting; stopped: boolean },
  notServing: number,
): RpbenchError {
  if (stopped)
    return new RpbenchError(
      'RPB_MEMBER',
      `${named(server)} was stopped while starting (SIGSTOP, or a debugger), and for ${STILL_SECONDS} s nobody let it go on.`,
    )
  return startError(
    `${named(server)} stood still while starting: for ${STILL_SECONDS} s it did nothing`,
    notServing,
    `see whether its control group is frozen, and what holds a Node process back here (strace -f node -e 0)`,
  )
}
