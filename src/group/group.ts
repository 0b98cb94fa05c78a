import { fstatSync } from 'node:fs'
import { RpbenchError } from '../errors.js'
import type { MemberGeneration } from '../kernel/group-array.js'
import { addon } from '../native.js'
import { cpuOf } from '../plan/cpu-list.js'
import type { HashObserver } from '../steering/hash-observer.js'
import type { Steering } from '../steering/steering.js'
import { GroupCounters, MEMBER_STARTING, type MemberCounters } from './counters.js'
import { GroupMemory, type GroupService } from './group-memory.js'
import { startProcess, startThread, type MemberHost } from './member-host.js'
import { residentBytesOf, Seats, type Seat } from './seats.js'
import {
  bindMember,
  closeAll,
  openGroupSockets,
  openMemberSocket,
  strangersOn,
  type GroupSockets,
} from './sockets.js'
import { ANSWER_BOUND_MS, publishAfresh, untilEmptied, type Counting } from './turns.js'
import { until } from './until.js'

export interface GroupOptions {
  address: string
  port: number
  members: number
  /** how many members may still join later */
  joiners?: number
  server: 'processes' | 'threads'
  receiveBufferBytes: number | undefined
  /** see GroupSocketOptions */
  stampArrivals: boolean
  /** picks members in place of the hash; whoever made it closes it */
  steering?: Steering
  /** records hashes; a group takes either this or a steering */
  observer?: HashObserver
  payloadBytes: number
  /** CPUs that members are pinned to, in turn by their index */
  pinMembers?: readonly number[]
  /** work that each member does for a request; without, it echoes at once */
  service?: GroupService
  runId: bigint
  epochNs: bigint
}

/** How long members may take to come up: 256 Node processes on two cores need about 15 s. */
const START_BOUND_MS = 60_000
/**
 * A group of members that share one port. At its start member index = bind order = position in the kernel's array =
 * seat number; members that join later take the next seats.
 */
export class Group {
  readonly #seats = new Seats((seat, why) => {
    this.options.steering?.memberRemoved(seat)
    this.#onDeath(seat, why)
  })
  #onDeath: (seat: number, why: string) => void = () => {}
  #stopped = false

  private constructor(
    readonly options: GroupOptions,
    readonly sockets: GroupSockets,
    readonly memory: GroupMemory,
    readonly counters: GroupCounters,
  ) {}

  /**
   * Opens the sockets in order, starts the members and waits until each of them serves.
   * @throws RpbenchError naming the member that failed; nothing is left running or open then.
   */
  static async start(options: GroupOptions, signal?: AbortSignal): Promise<Group> {
    const sockets = openGroupSockets(options)
    let memory: GroupMemory | undefined
    let group: Group | undefined
    let serving = false
    try {
      // Before the first datagram can come: see Steering.
      options.steering?.attach(sockets.fds)
      options.observer?.attach(sockets.fds)
      memory = GroupMemory.create(options.members + (options.joiners ?? 0), options.service)
      group = new Group(options, sockets, memory, new GroupCounters(memory.map()))
      for (const [member, fd] of sockets.fds.entries()) group.#seat({ member, generation: 0 }, fd)
      await group.#untilServing(signal)
      serving = true
      return group
    } catch (error) {
      if (group) await group.#seats.killAll()
      throw error
    } finally {
      // Every member has mapped it by now; those that join later still have to.
      if (!serving || !options.joiners) memory?.close()
      // The kernel is to see one socket per process: ours are copies. Threads use them as they are.
      if (options.server === 'processes' || !serving) closeAll(sockets.fds)
    }
  }

  /** Starts the next seat's process or thread on a socket. */
  #seat({ member, generation }: MemberGeneration, socketFd: number): number {
    const seat = this.seats.length
    const start = this.options.server === 'processes' ? startProcess : startThread
    const host = start(
      this.memory.task({
        seat,
        socketFd,
        member,
        generation,
        runId: this.options.runId,
        epochNs: this.options.epochNs,
        payloadBytes: this.options.payloadBytes,
        cpu: cpuOf(this.options.pinMembers, member),
      }),
    )
    return this.#seats.add({ member, generation }, host)
  }

  async #untilServing(signal?: AbortSignal): Promise<void> {
    const starting = (): number =>
      this.seats.findIndex((s, i) => !s.leaving && this.counters.read(i).state === MEMBER_STARTING)
    const done = await until(
      () => starting() < 0 || this.deaths.size > 0 || signal?.aborted === true,
      START_BOUND_MS,
    )
    if (signal?.aborted)
      throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
    const [death] = this.deaths
    if (death) throw this.#deathError(...death)
    if (!done)
      throw new RpbenchError(
        'RPB_MEMBER',
        `Member ${this.seats[starting()]!.member} did not start within ${START_BOUND_MS / 1000} s: lower --procs.`,
      )
  }

  #deathError(seat: number, why: string): RpbenchError {
    const { member, host } = this.seats[seat]!
    return new RpbenchError('RPB_MEMBER', `Member ${member} (process ${host.pid}) ${why} while starting.`)
  }

  /** Calls back when a member ends that was not told to; at once for those that already did. */
  onDeath(callback: (seat: number, why: string) => void): void {
    this.#onDeath = callback
    for (const [seat, why] of this.deaths) callback(seat, why)
  }

  /** The lives of members, past and present. */
  get seats(): readonly Seat[] {
    return this.#seats.all
  }

  /** What ended a member that was not told to go, by seat. */
  get deaths(): ReadonlyMap<number, string> {
    return this.#seats.deaths
  }

  /** What runs each seat's member. */
  get hosts(): MemberHost[] {
    return this.#seats.hosts
  }

  /** Seats whose member is in the group. */
  living(): number[] {
    return this.#seats.living()
  }

  /** Stops a member's process where it stands: it keeps its socket and reads nothing. */
  stall(seat: number): void {
    this.#seats.stall(seat)
  }

  /** Lets a stalled member go on. */
  resume(seat: number): void {
    this.#seats.resume(seat)
  }

  /** Now, in ns since the run's epoch. */
  #nowNs(): number {
    return Number(process.hrtime.bigint() - this.options.epochNs)
  }

  /**
   * Adds a member to a group of processes. Its process serves before its socket is bound, so that it is ready when
   * the kernel first gives it a flow.
   * @returns its seat, and when its socket was bound, ns since the epoch
   */
  async join(life: MemberGeneration): Promise<{ seat: number; atNs: number }> {
    const fd = openMemberSocket(this.options)
    try {
      const seat = this.#seat(life, fd)
      await this.#untilServing()
      this.sockets.inodes.push(fstatSync(fd).ino)
      const atNs = this.#nowNs()
      bindMember(fd, this.sockets)
      this.options.steering?.memberAdded(seat, life.member, fd)
      return { seat, atNs }
    } finally {
      addon.close(fd)
    }
  }

  /** Lets a member answer what it has queued and go. @returns when it closed its socket, ns since the epoch */
  async leave(seat: number): Promise<number> {
    const { host } = this.seats[seat]!
    this.seats[seat]!.leaving = true
    this.options.steering?.memberRemoved(seat)
    this.counters.stop(seat, 'leave')
    const killer = setTimeout(() => host.kill(), ANSWER_BOUND_MS)
    await host.ended
    clearTimeout(killer)
    return this.counters.read(seat).closedNs || this.#nowNs()
  }

  /** Kills a member, with what it has queued. @returns when it had ended, ns since the epoch */
  async kill(seat: number): Promise<number> {
    this.seats[seat]!.leaving = true
    this.seats[seat]!.host.kill()
    await this.seats[seat]!.host.ended
    this.options.steering?.memberRemoved(seat)
    return this.#nowNs()
  }

  /** Members that can answer. */
  #counting(): Counting[] {
    return this.#seats.awake().map((seat) => ({ block: seat, gone: () => this.seats[seat]!.leaving }))
  }

  /** The counters of all seats; members that can, publish them afresh first. */
  async snapshot(): Promise<MemberCounters[]> {
    await publishAfresh(this.counters, this.#counting())
    return this.read()
  }

  /** The counters of all seats as they stand. */
  read(): MemberCounters[] {
    return this.seats.map((_, seat) => this.counters.read(seat))
  }

  /**
   * Waits until every member that can has found its queue empty after this call, so that all that was sent before
   * it is either echoed or dropped.
   * @returns false when some member did not get there within `boundMs`
   */
  async untilEmpty(boundMs: number): Promise<boolean> {
    return untilEmptied(this.counters, this.#counting(), boundMs)
  }

  /** Sockets of others that came to this port since the group was opened. */
  strangers(): ReturnType<typeof strangersOn> {
    return strangersOn(this.sockets.address, this.sockets.port, this.sockets.inodes)
  }

  /** Resident memory of each seat's process, bytes; absent for threads and for those that ended. */
  residentBytes(): (number | undefined)[] {
    return this.seats.map(({ host, leaving }) =>
      this.options.server === 'threads' || leaving ? undefined : residentBytesOf(host.pid),
    )
  }

  /** Stops all members and waits for their end; one that does not stop is killed. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    const living = this.living()
    for (const seat of living) {
      this.seats[seat]!.leaving = true
      this.counters.stop(seat, 'end')
      if (this.seats[seat]!.stalled) this.resume(seat)
    }
    const { hosts } = this
    const killer = setTimeout(() => hosts.forEach((host) => host.kill()), ANSWER_BOUND_MS)
    await Promise.all(hosts.map((host) => host.ended))
    clearTimeout(killer)
    if (this.options.joiners) this.memory.close()
    if (this.options.server === 'threads') closeAll(this.sockets.fds)
  }
}
