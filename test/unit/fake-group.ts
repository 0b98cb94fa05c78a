import { RpbenchError } from '../../src/errors.js'
import type { Clock } from '../../src/experiment/testbed.js'
import type { ChangeableGroup, OnDeath, Pulse, Stranger } from '../../src/group/group.js'
import type { Life } from '../../src/kernel/group-array.js'
import type { MemberCounters } from '../../src/recording/counters.js'
import type { GroupReading, GroupRecording } from '../../src/recording/group-recording.js'
import type { TaskState } from '../../src/recording/silence.js'

/** How a kernel places flows, and what it does with the array of lives when one goes. */
export interface Rule {
  /** the place in the array for a hash, u32 */
  select(hash: number, array: readonly number[]): number
  without(array: readonly number[], life: number): number[]
}

/** As Linux does from 4.5 on: the hash is scaled to the array, and the last socket takes the place of one that goes. */
export const KERNEL_RULE: Rule = {
  select: (hash, array) => Number((BigInt(hash) * BigInt(array.length)) >> 32n),
  without: (array, life) => {
    const hole = array.indexOf(life)
    return array.slice(0, -1).map((other, place) => (place === hole ? array.at(-1)! : other))
  },
}

interface FakeLife extends Life {
  leaving: boolean
  taken: number
  died?: string
  held?: { state: TaskState; sinceNs: number }
}

const counters = (taken: number): MemberCounters => ({
  state: 1,
  answered: 0,
  taken: [0, taken],
  echoed: [0, taken],
  echoErrors: [0, 0],
  strangers: 0,
  drops: 0,
  queuedBytes: 0,
  receiveBufferBytes: 212_992,
  emptied: 2,
  cpuNs: 1000 * taken,
  left: [0, 0],
  goneNs: 0,
  threadId: 0,
  servedNs: 500 * taken,
})

/** A group that is nowhere but in this test's memory: no process, no socket, no time but that of its clock. */
export class FakeGroup implements ChangeableGroup {
  readonly port = 41_873
  readonly lives: FakeLife[] = []
  readonly found: Stranger[] = []
  wounded = false
  /** why no member can join any more */
  joinFails: string | undefined
  #array: number[] = []
  #onDeath: OnDeath = () => {}

  constructor(
    members: number,
    readonly clock: Clock,
    readonly rule: Rule,
    readonly observed: boolean,
  ) {
    for (let member = 0; member < members; member++) this.#add({ member, generation: 0 })
  }

  /** The hash of a flow (the finalizer of MurmurHash3 over its port). */
  static hashOf(port: number): number {
    let h = Math.imul(port ^ (port << 16), 0x85eb_ca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
    return (h ^ (h >>> 16)) >>> 0
  }

  #add(life: Life): number {
    const place = this.lives.push({ ...life, leaving: false, taken: 0 }) - 1
    this.#array.push(place)
    return place
  }

  #remove(life: number): number {
    this.lives[life]!.leaving = true
    this.#array = this.rule.without(this.#array, life)
    return this.clock.nowNs()
  }

  /** Takes a datagram from a flow's port. @returns who answers it; undefined where nobody is left */
  take(port: number): FakeLife | undefined {
    const place = this.#array[this.rule.select(FakeGroup.hashOf(port), this.#array)]
    const life = place === undefined ? undefined : this.lives[place]!
    if (life) life.taken++
    return life
  }

  /** Ends a member that was not told to go. */
  die(life: number, why: string): void {
    this.#remove(life)
    this.lives[life]!.died = why
    this.wounded = true
    this.#onDeath(life, why)
  }

  onDeath(callback: OnDeath): void {
    this.#onDeath = callback
  }

  async join(life: Life): Promise<{ life: number; atNs: number }> {
    if (this.joinFails !== undefined) throw new RpbenchError('RPB_MEMBER', this.joinFails)
    return { life: this.#add(life), atNs: this.clock.nowNs() }
  }

  async leave(life: number): Promise<number> {
    return this.#remove(life)
  }

  kill(life: number): Promise<number> {
    return this.leave(life)
  }

  async stall(): Promise<void> {}
  resume(): void {}

  pulses(): Pulse[] {
    return this.lives.flatMap(({ member, generation, leaving, held }, who) => {
      const life = { member, generation }
      // One turn a ms, as long as nobody holds it.
      const progress = Math.floor((held?.sinceNs ?? this.clock.nowNs()) / 1e6)
      return leaving
        ? []
        : [
            {
              who,
              life,
              pid: 1000 + who,
              progress,
              longestServiceNs: 0,
              state: () => held?.state ?? 'sleeping',
            },
          ]
    })
  }

  /** Holds a member from now on, as a signal or a freezer does. */
  hold(life: number, state: TaskState): void {
    this.lives[life]!.held = { state, sinceNs: this.clock.nowNs() }
  }

  /** Lets it go on. */
  letGo(life: number): void {
    delete this.lives[life]!.held
  }

  async isEmpty(): Promise<boolean> {
    return true
  }

  async untilEmpty(): Promise<boolean> {
    return true
  }

  droppedAtMembers(): number {
    return 0
  }
  readonly hearsOfClosings = true

  strangers(): readonly Stranger[] {
    return this.found
  }

  async begin(): Promise<void> {}

  reading(): GroupReading {
    return {
      lives: this.lives.map(({ member, generation, taken, leaving }) => ({
        member,
        generation,
        before: counters(0),
        after: counters(taken),
        gone: leaving,
        present: !leaving,
      })),
    }
  }

  async finish(): Promise<GroupRecording> {
    return {
      port: this.port,
      lives: this.lives.map(({ member, generation, taken, died, leaving }, life) => ({
        member,
        generation,
        pid: 1000 + life,
        before: counters(0),
        after: counters(taken),
        ...(died !== undefined && { died }),
        gone: leaving,
      })),
      watchedNs: this.clock.nowNs(),
    }
  }

  hashesOf(flows: Iterable<{ port: number }>): number[] | undefined {
    return this.observed ? [...flows].map(({ port }) => FakeGroup.hashOf(port)) : undefined
  }

  async stop(): Promise<void> {}
}
