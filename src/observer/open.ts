import { threadCpuNs } from '../native.js'
import { OBSERVATION_LEVELS } from '../plan/observation-level.js'
import type { LevelRefusal, ObserverCost } from '../recording/observation.js'
import { Counting } from './counting.js'
import { openIterator, openTakers } from './explaining.js'
import { beforeTheEnd } from './last-act.js'
import { forgetClosed, leftBehindNotes } from './left-behind.js'
import type { Observer, ObserverRequest, OpenObserver } from './observer.js'
import { SocketIterator } from './socket-iterator.js'
import { Takers } from './takers.js'
import { refusalFor } from './words.js'

export const openObserver: OpenObserver = (request) => new GroupObserver(request)

class GroupObserver implements Observer {
  readonly refusals: LevelRefusal[] = []
  readonly level: Observer['level']
  takersRefused: Observer['takersRefused']
  #counting: Counting | undefined
  #iterator: SocketIterator | undefined
  #takers: Takers | undefined
  #notes: readonly string[] = []
  #ownNs = 0
  #cost: ObserverCost | undefined
  readonly #release: () => void

  constructor(request: ObserverRequest) {
    // First, so that whatever happens on the way takes off what is on by then.
    this.#release = beforeTheEnd(() => this.close())
    this.level = this.#timed(() => this.#open(request))
  }

  #open(request: ObserverRequest): Observer['level'] {
    forgetClosed()
    const upTo = OBSERVATION_LEVELS.indexOf(request.upTo)
    // Where it is in the way of counting, that says so.
    if (request.upTo === 'look') this.#notes = leftBehindNotes(request)
    if (upTo >= OBSERVATION_LEVELS.indexOf('count')) {
      const counting = Counting.begin(request)
      if (counting instanceof Counting) this.#counting = counting
      else this.refusals.push(counting)
    }
    if (upTo >= OBSERVATION_LEVELS.indexOf('explain')) {
      this.#openIterator(request)
      const takers = openTakers(request)
      if (takers instanceof Takers) this.#takers = takers
      else this.takersRefused = refusalFor('explain', [takers])
    }
    if (!this.#counting) return 'look'
    return this.#iterator ? 'explain' : 'count'
  }

  #openIterator(request: ObserverRequest): void {
    const iterator = openIterator(request)
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

  follow(sockets: ObserverRequest['sockets']): void {
    this.#timed(() => this.#counting?.follow(sockets))
  }

  counts(): ReturnType<Observer['counts']> {
    return this.#timed(() => this.#counting?.read())
  }

  explained(): ReturnType<Observer['explained']> {
    return this.#timed(() =>
      this.#iterator
        ?.read()
        .filter(({ cookie }) => cookie !== 0)
        .map(({ filter: _ours, ...socket }) => socket),
    )
  }

  takers(): ReturnType<Observer['takers']> {
    return this.#timed(() => this.#takers?.read())
  }

  close(): ObserverCost {
    if (this.#cost) return this.#cost
    const [measured, takers] = this.#timed(() => {
      this.#iterator?.close()
      const cost = this.#takers?.close()
      return [this.#counting?.close(), cost]
    })
    this.#notes = this.notes
    this.#counting = this.#iterator = this.#takers = undefined
    this.#release()
    this.#cost = { ownNs: this.#ownNs, ...(measured && { measured }), ...(takers && { takers }) }
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
