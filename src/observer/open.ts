import { hasCapability } from '../host/capabilities.js'
import { RpbenchError } from '../errors.js'
import { SystemError, threadCpuNs } from '../native.js'
import { OBSERVATION_LEVELS, type ObservationLevel } from '../plan/observation-level.js'
import type {
  Counts,
  ExplainedSocket,
  HeldSocket,
  LevelRefusal,
  ObserverCost,
} from '../recording/observation.js'
import { Counting } from './counting.js'
import { beforeTheEnd } from './last-act.js'
import { forgetClosed, leftBehindNotes } from './left-behind.js'
import type { Observer, ObserverRequest, OpenObserver } from './observer.js'
import { SocketIterator } from './socket-iterator.js'
import { asRoot, attachCommand, refusalFor, type Reason } from './words.js'

export const openObserver: OpenObserver = (request) => new GroupObserver(request)

class GroupObserver implements Observer {
  readonly refusals: LevelRefusal[] = []
  readonly level: ObservationLevel
  #counting: Counting | undefined
  #iterator: SocketIterator | undefined
  #notes: readonly string[] = []
  #ownNs = 0
  #cost: ObserverCost | undefined
  readonly #release: () => void

  constructor(request: ObserverRequest) {
    // First, so that whatever happens on the way takes off what is on by then.
    this.#release = beforeTheEnd(() => this.close())
    this.level = this.#timed(() => this.#open(request))
  }

  #open(request: ObserverRequest): ObservationLevel {
    forgetClosed()
    const upTo = OBSERVATION_LEVELS.indexOf(request.upTo)
    // Where it is in the way of counting, that says so.
    if (request.upTo === 'look') this.#notes = leftBehindNotes(request)
    if (upTo >= OBSERVATION_LEVELS.indexOf('count')) {
      const counting = Counting.begin(request)
      if (counting instanceof Counting) this.#counting = counting
      else this.refusals.push(counting)
    }
    if (upTo >= OBSERVATION_LEVELS.indexOf('explain')) this.#openIterator(request)
    if (!this.#counting) return 'look'
    return this.#iterator ? 'explain' : 'count'
  }

  #openIterator(request: ObserverRequest): void {
    const elsewhere = request.pid !== undefined
    const iterator = elsewhere ? inAnotherNamespace(request) : openIterator(request)
    if (iterator instanceof SocketIterator) this.#iterator = iterator
    else this.refusals.push(refusalFor('explain', [iterator]))
    if (this.#iterator && !this.#counting)
      this.refusals.push(
        refusalFor('explain', [
          { why: 'it goes with count; how the kernel has the group is told all the same' },
        ]),
      )
  }

  get notes(): readonly string[] {
    return this.#counting?.notes ?? this.#notes
  }

  follow(sockets: readonly HeldSocket[]): void {
    this.#timed(() => this.#counting?.follow(sockets))
  }

  counts(): Counts | undefined {
    return this.#timed(() => this.#counting?.read())
  }

  explained(): ExplainedSocket[] | undefined {
    return this.#timed(() =>
      this.#iterator
        ?.read()
        .filter(({ cookie }) => cookie !== 0)
        .map(({ cookie, reuseport, group }) => ({ cookie, reuseport, ...(group && { group }) })),
    )
  }

  close(): ObserverCost {
    if (this.#cost) return this.#cost
    const measured = this.#timed(() => {
      this.#iterator?.close()
      return this.#counting?.close()
    })
    this.#notes = this.notes
    this.#counting = this.#iterator = undefined
    this.#release()
    this.#cost = { ownNs: this.#ownNs, ...(measured && { measured }) }
    return this.#cost
  }

  #timed<T>(act: () => T): T {
    const before = threadCpuNs()
    try {
      return act()
    } finally {
      this.#ownNs += threadCpuNs() - before
    }
  }
}

/** The kernel tells of the sockets of the namespace that asks. */
const inAnotherNamespace = (request: ObserverRequest): Reason => ({
  why: 'the group is in another network namespace',
  needs: 'to be run in that one',
  command: `nsenter --target ${request.pid} --net ${attachCommand(request)}`,
})

function openIterator(request: ObserverRequest): SocketIterator | Reason {
  try {
    return new SocketIterator(request.protocol, request.port)
  } catch (error) {
    return iteratorRefused(error, request)
  }
}

function iteratorRefused(error: unknown, request: ObserverRequest): Reason {
  const cause = error instanceof RpbenchError ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EPERM' || code === 'EACCES') {
    const lacking = (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => hasCapability(name) !== true)
    const needs =
      lacking.length > 0 ? lacking.join(' and ') : 'a kernel that is not locked down (lockdown(7))'
    return { why: `reading the kernel’s tables by a program is refused (${code})`, needs, ...asRoot(request) }
  }
  if (code === 'ENOENT' || cause instanceof RangeError)
    return {
      why: 'this kernel does not describe its types',
      needs: 'Linux 5.9 built with CONFIG_DEBUG_INFO_BTF',
    }
  if (cause instanceof SystemError || code !== undefined)
    return { why: `this kernel does not take the program (${String(code)})`, needs: 'Linux 5.9' }
  throw error
}
