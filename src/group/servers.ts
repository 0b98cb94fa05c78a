import { flagOf } from '../plan/parameters/table.js'
import { RpbenchError } from '../errors.js'
import type { MemberGeneration } from '../kernel/group-array.js'
import { cpuOf } from '../plan/cpu-list.js'
import { MEMBER_STARTING, type GroupCounters } from './counters.js'
import { Front } from './front.js'
import type { OnDeath } from './group.js'
import type { FrontTask } from './front.cjs'
import type { GroupMemory } from './group-memory.js'
import type { MemberTask } from './member.cjs'
import { startProcess, startThread, type MemberHost, type ServerEntry } from './member-host.js'
import { Seats } from './seats.js'
import type { ServerTask } from './serve.cjs'
import { ANSWER_BOUND_MS, type Counting } from './turns.js'
import { until } from './until.js'

export interface ServerOptions {
  server: 'processes' | 'threads'
  payloadBytes: number
  /** CPUs that members are pinned to, in turn by their index; a front is pinned as one more member would be */
  pinMembers?: readonly number[]
  runId: bigint
  epochNs: bigint
}

/** How long servers may take to come up: 256 Node processes on two cores need about 15 s. */
const START_BOUND_MS = 60_000

function deathError(who: string, { pid }: MemberHost, why: string): RpbenchError {
  return new RpbenchError('RPB_MEMBER', `${who} (process ${pid}) ${why} while starting.`)
}

/** All that serves in a group: the members, and the front of those that have one. */
export class Servers {
  readonly seats: Seats
  front: Front | undefined

  constructor(
    readonly options: ServerOptions,
    readonly memory: GroupMemory,
    readonly counters: GroupCounters,
    readonly onDeath: OnDeath,
  ) {
    this.seats = new Seats(onDeath)
  }

  #host(entry: ServerEntry, task: ServerTask): MemberHost {
    return this.options.server === 'processes' ? startProcess(entry, task) : startThread(entry, task)
  }

  /** Starts a member on its sockets. @returns its seat */
  startMember(life: MemberGeneration, fds: MemberTask['fds']): number {
    const { options, seats } = this
    const cpu = cpuOf(options.pinMembers, life.member)
    const task = this.memory.memberTask({ ...options, ...life, block: seats.all.length, fds, cpu })
    return seats.add(life, this.#host('group/member.cjs', task))
  }

  /** Starts the front of so many members; it counts into the block after all seats' ones. */
  startFront(fds: FrontTask['fds'], members: number): void {
    const { options, memory, counters } = this
    const block = memory.blocks - 1
    const task = memory.frontTask({ ...options, block, fds, cpu: cpuOf(options.pinMembers, members) })
    this.front = new Front(this.#host('group/front.cjs', task), counters, block, (why) =>
      this.onDeath('front', why),
    )
  }

  /** Whether one of them has ended that was not told to. */
  get wounded(): boolean {
    return this.seats.deaths.size > 0 || this.front?.died !== undefined
  }

  /** Members that can answer. */
  members(): Counting[] {
    const { all } = this.seats
    return this.seats.awake().map((seat) => ({ block: seat, gone: () => all[seat]!.leaving }))
  }

  /** The front, where there is one that lives. */
  fronts(): Counting[] {
    return this.front && !this.front.gone() ? [this.front] : []
  }

  /**
   * Waits until each of them serves.
   * @throws RpbenchError naming one that died or did not come up in time
   */
  async untilServing(signal?: AbortSignal): Promise<void> {
    const done = await until(
      () => this.#starting() === undefined || this.wounded || signal?.aborted === true,
      START_BOUND_MS,
    )
    if (signal?.aborted)
      throw new RpbenchError('RPB_INTERRUPTED', 'Interrupted before anything was measured.')
    this.#refuseDeaths()
    if (!done)
      throw new RpbenchError(
        'RPB_MEMBER',
        `${this.#starting()} did not start within ${START_BOUND_MS / 1000} s: lower ${flagOf('procs')}.`,
      )
  }

  /** One that does not serve yet, by name. */
  #starting(): string | undefined {
    const isStarting = (block: number): boolean => this.counters.read(block).state === MEMBER_STARTING
    const seat = this.seats.all.find(({ leaving }, i) => !leaving && isStarting(i))
    if (seat) return `Member ${seat.member}`
    return this.front && isStarting(this.front.block) ? 'The front' : undefined
  }

  #refuseDeaths(): void {
    const { seats, front } = this
    for (const [seat, why] of seats.deaths) {
      const { member, host } = seats.all[seat]!
      throw deathError(`Member ${member}`, host, why)
    }
    if (front?.died !== undefined) throw deathError('The front', front.host, front.died)
  }

  /** Stops all of them and waits for their end; one that does not stop is killed. */
  async stop(): Promise<void> {
    // What the front has yet to hand on must find members that count it.
    await this.front?.stop()
    const { all, hosts } = this.seats
    for (const seat of this.seats.living()) {
      all[seat]!.leaving = true
      this.counters.stop(seat, 'end')
      if (all[seat]!.stalled) this.seats.resume(seat)
    }
    const killer = setTimeout(() => hosts.forEach((host) => host.kill()), ANSWER_BOUND_MS)
    await Promise.all(hosts.map((host) => host.ended))
    clearTimeout(killer)
  }

  /** Kills all of them and waits for their end. */
  async kill(): Promise<void> {
    await Promise.all([this.seats.killAll(), this.front?.kill()])
  }
}
