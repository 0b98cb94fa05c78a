import { fstatSync } from 'node:fs'
import type { Life } from '../kernel/group-array.js'
import type { UdpSocket } from '../host/udp-table.js'
import { addon } from '../native.js'
import { hasOwnSocket } from '../plan/dispatch.js'
import type { Leave } from '../plan/leave.js'
import type { FrontCounters, MemberCounters } from '../recording/counters.js'
import type { GroupReading, GroupRecording } from '../recording/group-recording.js'
import type { LeftBehind } from '../recording/silence.js'
import type { FlowAddress } from '../steering/reuseport-program.js'
import { RpbenchError } from '../errors.js'
import { GroupCounters, MEMBER_STOPPED, type EverCounted, type ToldRun } from './counters.js'
import type { Front } from './front.js'
import type { ChangeableGroup, OnDeath, Pulse, Stranger } from './group.js'
import type { GroupOptions } from './group-options.js'
import { GroupRecorder } from './group-recorder.js'
import { GroupMemory } from './group-memory.js'
import { GroupPort, type Readers } from './group-port.js'
import type { MemberHost } from './member-host.js'
import type { HostedLife } from './lives.js'
import { pulsesOf } from './pulses.js'
import { Servers } from './servers.js'
import { bindMember, endStamps, openMemberSocket, type GroupSockets } from './sockets.js'
import { ANSWER_BOUND_MS, publishAfresh, untilEmptied } from './counter-updates.js'
import { openLayout } from './open-layout.js'
import type { SocketLayout } from './socket-layout.js'
import { until } from './until.js'

/** How long a member that drains may take to leave: longer than it takes to end one that does not. */
const DRAIN_BOUND_MS = 2 * ANSWER_BOUND_MS

/**
 * A group of members that share one port. At its start member index = bind order = position in the kernel's array =
 * number of its life; members that join later take the next numbers.
 */
export class OwnGroup implements ChangeableGroup {
  readonly #servers: Servers
  readonly #onPort: GroupPort
  #onDeath: OnDeath = () => {}
  #stopped = false
  #copies: boolean
  #recorder: GroupRecorder | undefined
  /** members that have left, and serve the connections that they have */
  readonly #drains: Promise<void>[] = []

  private constructor(
    readonly options: GroupOptions,
    readonly layout: SocketLayout,
    readonly memory: GroupMemory,
    readonly counters: GroupCounters,
  ) {
    this.#copies = keepsCopies(options)
    this.#onPort = new GroupPort(layout.sockets, readersOf(options, layout))
    this.#servers = new Servers(options, memory, counters, (who, why) => {
      if (who !== 'front') options.steering?.memberRemoved(who)
      this.#onDeath(who, why)
    })
  }

  /**
   * Opens the sockets in order, starts the members, and a front where they need one, and waits until all of them serve.
   * @throws RpbenchError naming the member that failed; nothing is left running or open then.
   */
  static async start(options: GroupOptions, signal?: AbortSignal): Promise<OwnGroup> {
    const lives = options.members + (options.joiners ?? 0)
    let layout: SocketLayout | undefined
    let memory: GroupMemory | undefined
    let group: OwnGroup | undefined
    let serving = false
    try {
      layout = openLayout(options.dispatch ?? 'reuseport', options)
      // Before the first datagram can come: see Steering.
      options.steering?.attach(layout.sockets.fds)
      options.observer?.attach(layout.sockets.fds)
      memory = GroupMemory.create(layout.handOnFds ? lives + 1 : lives, options.service)
      const counters = new GroupCounters(memory.map(), memory.blocks, options.protocol === 'tcp')
      const { runId, payloadBytes } = options
      if (runId !== undefined) counters.tellRun({ runId, payloadBytes })
      group = new OwnGroup(options, layout, memory, counters)
      const servers = group.#servers
      for (let member = 0; member < options.members; member++)
        servers.startMember({ member, generation: 0 }, layout.ofMember(member))
      if (layout.handOnFds) servers.startFront([layout.sockets.fds[0]!, ...layout.handOnFds], options.members)
      await servers.untilServing(signal)
      serving = true
      return group
    } catch (error) {
      if (group) await group.#servers.kill()
      throw error
    } finally {
      // Every member has mapped it by now; those that join later still have to.
      if (!serving || !options.joiners) memory?.close()
      if (!serving || !(keepsSockets(options) || keepsCopies(options))) layout?.close()
      if (!serving) closePrograms(options)
    }
  }

  /** Calls back when a member or the front ends that was not told to; at once for those that already did. */
  onDeath(callback: OnDeath): void {
    this.#onDeath = callback
    for (const [lifeNumber, why] of this.deaths) callback(lifeNumber, why)
    if (this.front?.died !== undefined) callback('front', this.front.died)
  }

  /** Whether a member or the front has ended that was not told to. */
  get wounded(): boolean {
    return this.#servers.wounded
  }

  /** The UDP sockets on the group's port. */
  get sockets(): GroupSockets {
    return this.layout.sockets
  }

  /** What takes for the members, where they do not for themselves. */
  get front(): Front | undefined {
    return this.#servers.front
  }

  get port(): number {
    return this.sockets.port
  }

  /** The lives of members, past and present. */
  get lives(): readonly HostedLife[] {
    return this.#servers.lives.all
  }

  /** What ended a member that was not told to go, by number of its life. */
  get deaths(): ReadonlyMap<number, string> {
    return this.#servers.lives.deaths
  }

  /** What runs each life's member. */
  get hosts(): MemberHost[] {
    return this.#servers.lives.hosts
  }

  /** Lives whose member is in the group. */
  living(): number[] {
    return this.#servers.lives.living()
  }

  /** Stops a member's process where it stands, and waits until it does: it keeps its socket and reads nothing. */
  stall(lifeNumber: number): Promise<void> {
    return this.#servers.lives.stall(lifeNumber)
  }

  /** Lets a stalled member go on. */
  resume(lifeNumber: number): void {
    this.#servers.lives.resume(lifeNumber)
  }

  pulses(): Pulse[] {
    return pulsesOf(this.#servers, this.options.service)
  }

  /** What could not be ended. */
  get leftBehind(): readonly LeftBehind[] {
    return this.#servers.endings.leftBehind
  }

  /** Now, in ns since the run's epoch. */
  nowNs(): number {
    return Number(process.hrtime.bigint() - this.options.epochNs)
  }

  /**
   * Adds a member to a group of processes. Its process serves before its socket is bound, so that it is ready when
   * the kernel first gives it a flow.
   * @returns its place in `lives`, and when its socket was bound, ns since the epoch
   * @throws RpbenchError when it does not come to serve; it has been ended then, and the group is as it was
   */
  async join(life: Life, signal: AbortSignal): Promise<{ life: number; atNs: number }> {
    const fd = openMemberSocket({ ...this.options, reusePort: true })
    try {
      const lifeNumber = await this.#servers.startJoiner(life, [fd], signal)
      const atNs = this.nowNs()
      try {
        bindMember(fd, { ...this.options, port: this.port })
      } catch (error) {
        await this.#servers.dismiss(lifeNumber)
        throw error
      }
      this.sockets.inodes.push(fstatSync(fd).ino)
      this.lookAtPort()
      this.lives[lifeNumber]!.joining = false
      this.options.steering?.memberAdded(lifeNumber, life.member, fd)
      return { life: lifeNumber, atNs }
    } finally {
      addon.close(fd)
    }
  }

  /** Lets a member answer what it has queued and go. @returns when it left the group, ns since the epoch */
  async leave(lifeNumber: number, how: Leave): Promise<number> {
    // What waits there, should it not say so itself.
    if (this.options.protocol === 'tcp') this.lookAtPort()
    this.lives[lifeNumber]!.leaving = true
    this.options.steering?.memberRemoved(lifeNumber)
    this.counters.stop(lifeNumber, how)
    const gone = this.#servers.untilGone(lifeNumber)
    // Its connections keep one that drains in work when it has left.
    if (this.options.protocol === 'tcp' && how === 'drain') {
      this.#drains.push(gone)
      await Promise.race([gone, until(() => this.counters.read(lifeNumber).goneNs > 0, DRAIN_BOUND_MS)])
    } else await gone
    return this.counters.read(lifeNumber).goneNs || this.nowNs()
  }

  /** Kills a member, with what it has queued. @returns when it had ended, ns since the epoch */
  async kill(lifeNumber: number): Promise<number> {
    // What waits at its listener is known for sure of one that stands still.
    if (this.options.protocol === 'tcp') await this.stall(lifeNumber)
    // What it had dropped by now it may never have told.
    this.lookAtPort()
    await this.#servers.killMember(lifeNumber)
    this.options.steering?.memberRemoved(lifeNumber)
    return this.nowNs()
  }

  /** The counters of all lives; members that can, and the front, publish them afresh first. */
  async snapshot(): Promise<MemberCounters[]> {
    const members = this.#servers.members()
    await publishAfresh(this.counters, [...members, ...this.#servers.fronts()])
    const living = this.living()
    if (members.length < living.length) this.lookAtPort()
    return this.read(living.filter((lifeNumber) => !members.some(({ block }) => block === lifeNumber)))
  }

  async isEmpty(): Promise<boolean> {
    return (await this.snapshot()).every(
      ({ queuedBytes, connections }) => queuedBytes === 0 && !connections?.acceptQueue,
    )
  }

  /**
   * The counters of all lives as they stand.
   * @param still lives whose member does not say what its socket dropped, as it stands still or is not asked
   */
  read(still: readonly number[] = []): MemberCounters[] {
    return this.lives.map(({ leaving, cutOff }, lifeNumber) => {
      const counters = this.counters.read(lifeNumber)
      // One that was killed has not said what waited for it.
      if (counters.connections && cutOff) counters.connections.acceptQueue = this.acceptQueueOf(lifeNumber)
      const endedUntold = leaving && counters.state !== MEMBER_STOPPED
      const seen = endedUntold || still.includes(lifeNumber)
      return seen ? this.#onPort.dropsOfMembers.added(lifeNumber, counters) : counters
    })
  }

  /** What each life's member has counted since it began, over all runs. @param look see `reading` */
  ever(look: boolean): EverCounted[] {
    if (look) this.lookAtPort()
    return this.lives.map((_, lifeNumber) =>
      this.#onPort.dropsOfMembers.added(lifeNumber, this.counters.ever(lifeNumber)),
    )
  }

  /** The counters of the front as they stand; with what was seen of its drops where it cannot say them. */
  readFront(): FrontCounters | undefined {
    const counters = this.front?.read()
    return counters && !this.front?.stopped ? this.#onPort.dropsOfFront.added(0, counters) : counters
  }

  /**
   * Waits until every member that can has found its queue empty after this call, so that all that was sent before
   * it is either echoed or dropped.
   * @returns false when some member did not get there within `boundMs`
   */
  async untilEmpty(boundMs: number): Promise<boolean> {
    // First the front: what it takes until its queue is empty, it puts into theirs.
    return (
      (await untilEmptied(this.counters, this.#servers.fronts(), boundMs)) &&
      untilEmptied(this.counters, this.#servers.members(), boundMs)
    )
  }

  droppedAtMembers(): number {
    this.lookAtPort()
    return this.read(this.living()).reduce((sum, { drops }) => sum + drops, 0)
  }

  strangers(): Stranger[] {
    return this.#onPort.strangers()
  }

  get hearsOfClosings(): boolean {
    return this.#onPort.hearsOfClosings
  }

  /** Reads the kernel's table of sockets on the port, and notes the drops at members' own. */
  lookAtPort(): UdpSocket[] {
    return this.#onPort.look()
  }

  /** How many connections waited at a listener when the port was last looked at. */
  acceptQueueOf(lifeNumber: number): number {
    return this.#onPort.acceptQueueOf(lifeNumber)
  }

  /** The sockets on the port that are still open: each member's own, or the one that all of them share. */
  openInodes(): number[] {
    const { inodes } = this.sockets
    return this.#onPort.readers === 'members'
      ? this.living().map((lifeNumber) => inodes[lifeNumber]!)
      : inodes
  }

  /**
   * Answers the requests of a run from now on, and of no other.
   * @throws RpbenchError RPB_MEMBER where a member does not hear of it
   */
  async beginRun(run: ToldRun): Promise<void> {
    this.counters.tellRun(run)
    if (await this.#allHeard()) return
    throw new RpbenchError('RPB_MEMBER', 'A member of the group stands still, and heard nothing of the run.')
  }

  /** Answers no run any more: what still comes of it is counted as left. @returns whether all queues are empty */
  async endRun(): Promise<boolean> {
    this.counters.endRun()
    return (await this.#allHeard()) && (await this.untilEmpty(ANSWER_BOUND_MS))
  }

  #allHeard(): Promise<boolean> {
    const all = [...this.#servers.fronts(), ...this.#servers.members()]
    return until(
      () => all.every(({ block, gone }) => gone() || this.counters.hasHeard(block)),
      ANSWER_BOUND_MS,
    )
  }

  /** As `finish`, but the group goes on and can serve another run. */
  async finishRun(): Promise<GroupRecording> {
    return this.#recording.finish(async () => {
      await this.endRun()
      await this.snapshot()
    })
  }

  async begin(): Promise<void> {
    if (this.options.stampArrivals === 'warm-up' && this.options.protocol !== 'tcp')
      endStamps(this.sockets.fds)
    this.#closeCopies()
    this.#onPort.listen()
    this.#recorder = await GroupRecorder.begin(this)
  }

  get #recording(): GroupRecorder {
    if (this.#recorder === undefined)
      throw new Error('a group is recorded from the beginning of a measured phase')
    return this.#recorder
  }

  reading(look: boolean): GroupReading {
    return this.#recording.read(look ? this.lookAtPort() : [])
  }

  async finish(): Promise<GroupRecording> {
    return this.#recording.finish(() => this.stop())
  }

  hashesOf(flows: Iterable<FlowAddress>): (number | undefined)[] | undefined {
    return this.options.observer?.hashesOf(flows)
  }

  /** Stops the front and all members and waits for their end; one that does not stop is killed. Safe to call twice. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#onPort.close()
    await Promise.all(this.#drains)
    await this.#servers.stop()
    closePrograms(this.options)
    if (this.options.joiners) this.memory.close()
    if (keepsSockets(this.options)) this.layout.close()
    else this.#closeCopies()
  }

  #closeCopies(): void {
    if (this.#copies) this.layout.close()
    this.#copies = false
  }
}

function readersOf({ dispatch = 'reuseport' }: GroupOptions, { handOnFds }: SocketLayout): Readers {
  if (hasOwnSocket({ dispatch })) return 'members'
  return handOnFds ? 'front' : 'all'
}

/** Threads use this process's descriptors as they are. */
const keepsSockets = ({ server }: GroupOptions): boolean => server === 'threads'

/** A process has copies of its own, and should be the only one to have them; but who is to end stamps needs them until then. */
const keepsCopies = ({ server, stampArrivals, protocol }: GroupOptions): boolean =>
  server === 'processes' && stampArrivals === 'warm-up' && protocol !== 'tcp'

/** The kernel keeps an attached program as long as the group has a socket; what this process holds of it goes. */
function closePrograms({ steering, observer }: Pick<GroupOptions, 'steering' | 'observer'>): void {
  steering?.close()
  observer?.close()
}
