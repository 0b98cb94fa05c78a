import { readFileSync } from 'node:fs'
import { isStopped } from '../host/process-state.js'
import type { MemberGeneration } from '../kernel/group-array.js'
import type { MemberHost } from './member-host.js'
import { ANSWER_BOUND_MS } from './turns.js'
import { until } from './until.js'

/** One life of a member. Its number is its place in `Seats.all` and in the shared memory. */
export interface Seat extends MemberGeneration {
  readonly host: MemberHost
  /** it was told to go, or is gone */
  leaving: boolean
  /** its process stands still */
  stalled: boolean
}

/** The lives of a group's members, in the order in which they began, and what runs them. */
export class Seats {
  readonly all: Seat[] = []
  /** What ended a member that was not told to go, by seat. */
  readonly deaths = new Map<number, string>()

  /** @param onDeath told of every member that ends without being told to */
  constructor(readonly onDeath: (seat: number, why: string) => void) {}

  /** Takes in a member that was just started. @returns its seat */
  add({ member, generation }: MemberGeneration, host: MemberHost): number {
    const seat = this.all.push({ member, generation, host, leaving: false, stalled: false }) - 1
    void host.ended.then((why) => this.#ended(seat, why ?? 'ended by itself'))
    return seat
  }

  #ended(seat: number, why: string): void {
    const life = this.all[seat]!
    if (life.leaving) return
    life.leaving = true
    this.deaths.set(seat, why)
    this.onDeath(seat, why)
  }

  /** What runs each seat's member. */
  get hosts(): MemberHost[] {
    return this.all.map(({ host }) => host)
  }

  /** Seats whose member is in the group. */
  living(): number[] {
    return this.all.flatMap(({ leaving }, seat) => (leaving ? [] : [seat]))
  }

  /** Seats whose member can answer. */
  awake(): number[] {
    return this.living().filter((seat) => !this.all[seat]!.stalled)
  }

  /** Stops a member's process where it stands, and waits until it does: it keeps its socket and reads nothing. */
  async stall(seat: number): Promise<void> {
    const { pid } = this.all[seat]!.host
    process.kill(pid, 'SIGSTOP')
    this.all[seat]!.stalled = true
    // The signal is not heard before the batch that it is at has been answered.
    await until(() => isStopped(pid) || this.all[seat]!.leaving, ANSWER_BOUND_MS)
  }

  /** Lets a stalled member go on. */
  resume(seat: number): void {
    this.all[seat]!.stalled = false
    process.kill(this.all[seat]!.host.pid, 'SIGCONT')
  }

  /** Kills all members and waits for their end. */
  async killAll(): Promise<void> {
    for (const host of this.hosts) host.kill()
    await Promise.all(this.hosts.map((host) => host.ended))
  }
}

/** Resident memory of a process, bytes; undefined when it just ended. */
export function residentBytesOf(pid: number): number | undefined {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match ? Number(match[1]) * 1024 : undefined
  } catch {
    return undefined
  }
}
