import type { Leave } from '../plan/leave.js'
import type { ConnectionCounters, MemberCounters } from '../recording/counters.js'

/** Bytes of one member's block: native/src/member.h, `member_counters_t`, which also has the order of words. */
export const BLOCK_BYTES = 256
export const MEMBER_STARTING = 0
export const MEMBER_STOPPED = 2

/** native/src/member.h: MEMBER_END, MEMBER_CLOSE, MEMBER_DRAIN. */
const STOP = { end: 1n, close: 2n, drain: 3n } as const

const WORD = {
  state: 0,
  stop: 1,
  ask: 2,
  answered: 3,
  taken: 4,
  echoed: 6,
  echoErrors: 8,
  strangers: 10,
  drops: 11,
  queuedBytes: 12,
  receiveBuffer: 13,
  emptied: 14,
  cpuNs: 15,
  left: 17,
  goneNs: 19,
  threadId: 20,
  servedNs: 21,
  accepted: 22,
  reset: 23,
  open: 24,
  acceptQueue: 25,
  acceptQueueMost: 26,
  acceptQueueLimit: 27,
  run: 28,
  runHeard: 29,
  runId: 30,
  runPayload: 31,
} as const

/** A run whose requests are answered. */
export interface ToldRun {
  runId: bigint
  /** of each datagram */
  payloadBytes: number
}

/** What a member has counted over all runs, in datagrams. */
export interface EverCounted {
  taken: number
  echoed: number
  echoErrors: number
  left: number
  strangers: number
  drops: number
}

/** The counters of a whole group, in memory shared with its members. They outlive a member that is killed. */
export class GroupCounters {
  readonly #words: BigUint64Array
  /** what was counted before the present run */
  #base: BigUint64Array | undefined

  /**
   * @param memory one block a member, at its beginning
   * @param blocks how many
   * @param listen whether members listen for connections
   */
  constructor(
    readonly memory: ArrayBuffer,
    readonly blocks: number,
    readonly listen = false,
  ) {
    this.#words = new BigUint64Array(memory)
  }

  #get(index: number, word: number): number {
    return Number(this.#words[index * (BLOCK_BYTES / 8) + word])
  }

  /** What one has counted since it began, over all runs and phases. */
  ever(index: number): EverCounted {
    const both = (word: number): number => this.#get(index, word) + this.#get(index, word + 1)
    return {
      taken: both(WORD.taken),
      echoed: both(WORD.echoed),
      echoErrors: both(WORD.echoErrors),
      left: both(WORD.left),
      strangers: this.#get(index, WORD.strangers),
      drops: this.#get(index, WORD.drops),
    }
  }

  /** Counts of a run, by phase. */
  #pair(index: number, word: number): [number, number] {
    const at = index * (BLOCK_BYTES / 8) + word
    return [this.#ofRun(at), this.#ofRun(at + 1)]
  }

  #ofRun(at: number): number {
    return Number(this.#words[at]! - (this.#base?.[at] ?? 0n))
  }

  /** What one is doing. A start asks for it every millisecond: a copy of all its counters each time would be garbage. */
  state(index: number): number {
    return this.#get(index, WORD.state)
  }

  /** A copy of one member's counters as they stand now. */
  read(index: number): MemberCounters {
    return {
      state: this.#get(index, WORD.state),
      answered: this.#get(index, WORD.answered),
      taken: this.#pair(index, WORD.taken),
      echoed: this.#pair(index, WORD.echoed),
      echoErrors: this.#pair(index, WORD.echoErrors),
      strangers: this.#get(index, WORD.strangers),
      // What is dropped at a listener is no request.
      drops: this.listen ? 0 : this.#get(index, WORD.drops),
      queuedBytes: this.#get(index, WORD.queuedBytes),
      receiveBufferBytes: this.#get(index, WORD.receiveBuffer),
      emptied: this.#get(index, WORD.emptied),
      cpuNs: this.#get(index, WORD.cpuNs),
      left: this.#pair(index, WORD.left),
      goneNs: this.#get(index, WORD.goneNs),
      threadId: this.#get(index, WORD.threadId),
      servedNs: this.#get(index, WORD.servedNs),
      ...(this.listen && { connections: this.#connections(index) }),
    }
  }

  #connections(index: number): ConnectionCounters {
    return {
      accepted: this.#get(index, WORD.accepted),
      reset: this.#get(index, WORD.reset),
      open: this.#get(index, WORD.open),
      acceptQueue: this.#get(index, WORD.acceptQueue),
      acceptQueueMost: this.#get(index, WORD.acceptQueueMost),
      acceptQueueLimit: this.#get(index, WORD.acceptQueueLimit),
      overflows: this.#get(index, WORD.drops),
    }
  }

  /** Tells a member to stop after the batch it is at: `end` counts what is still queued, the others leave a group that goes on. */
  stop(index: number, how: 'end' | Leave): void {
    this.#words[index * (BLOCK_BYTES / 8) + WORD.stop] = STOP[how]
  }

  /** Tells of a run whose requests are to be answered from now on, in every block. Its counts by phase begin at 0. */
  tellRun({ runId, payloadBytes }: ToldRun): void {
    this.#base = this.#words.slice(0, this.blocks * (BLOCK_BYTES / 8))
    this.#inEveryBlock((at) => {
      this.#words[at + WORD.runId] = BigInt.asUintN(64, runId)
      this.#words[at + WORD.runPayload] = BigInt(payloadBytes)
      const run = this.#words[at + WORD.run]!
      Atomics.store(this.#words, at + WORD.run, run + 1n + (run & 1n))
    })
  }

  /** Tells that the run is over: what still comes of it counts as left. */
  endRun(): void {
    this.#inEveryBlock((at) => {
      const run = this.#words[at + WORD.run]!
      Atomics.store(this.#words, at + WORD.run, run + (run & 1n))
    })
  }

  #inEveryBlock(tell: (at: number) => void): void {
    for (let block = 0; block < this.blocks; block++) tell(block * (BLOCK_BYTES / 8))
  }

  /** Whether one acts by what it was told of runs last. */
  hasHeard(index: number): boolean {
    return this.#get(index, WORD.runHeard) === this.#get(index, WORD.run)
  }

  /** Asks a member to publish its socket's counters afresh; returns the number to wait for in `answered`. */
  ask(index: number): number {
    const at = index * (BLOCK_BYTES / 8) + WORD.ask
    const next = Number(this.#words[at]) + 1
    this.#words[at] = BigInt(next)
    return next
  }
}
