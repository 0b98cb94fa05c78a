import { readFileSync } from 'node:fs'
import { readTaskState } from '../host/process-state.js'
import type { Life } from '../kernel/group-array.js'
import type { MemberHost } from './member-host.js'
import { ANSWER_BOUND_MS } from './counter-updates.js'
import { until } from './until.js'

/** One life of a member. Its number is its place in `Lives.all` and in the shared memory. */
export interface HostedLife extends Life {
  readonly host: MemberHost
  /** it was told to go, or is gone */
  leaving: boolean
  /** it was asked to stand still */
  stalled: boolean
  /** it was started in a group that serves, and is no member yet; or never was */
  joining: boolean
  /** what ended it before it was one */
  failed?: string
  /** its counters ended in the middle of what it did: it was killed, or died */
  cutOff: boolean
}

/** The lives of a group's members, in the order in which they began, and what runs them. */
export class Lives {
  readonly all: HostedLife[] = []
  /** What ended a member that was not told to go, by number of its life. */
  readonly deaths = new Map<number, string>()

  /** @param onDeath told of every member that ends without being told to */
  constructor(readonly onDeath: (lifeNumber: number, why: string) => void) {}

  /**
   * Takes in a member that was just started.
   * @param joining it is no member yet: its end is not a death, but a start that failed
   * @returns its life's number
   */
  add({ member, generation }: Life, host: MemberHost, joining: boolean): number {
    const life: HostedLife = {
      member,
      generation,
      host,
      leaving: false,
      stalled: false,
      joining,
      cutOff: false,
    }
    const lifeNumber = this.all.push(life) - 1
    void host.ended.then((why) => this.#ended(lifeNumber, why ?? 'ended by itself'))
    return lifeNumber
  }

  #ended(lifeNumber: number, why: string): void {
    const life = this.all[lifeNumber]!
    if (life.leaving) return
    life.leaving = true
    if (life.joining) {
      life.failed = why
      return
    }
    this.died(lifeNumber, why)
  }

  /** Notes that a member has ended that was not told to, or in another way. */
  died(lifeNumber: number, why: string): void {
    this.all[lifeNumber]!.cutOff = true
    this.deaths.set(lifeNumber, why)
    this.onDeath(lifeNumber, why)
  }

  /** What runs each life's member. */
  get hosts(): MemberHost[] {
    return this.all.map(({ host }) => host)
  }

  /** Lives whose member is in the group. */
  living(): number[] {
    return this.all.flatMap(({ leaving }, lifeNumber) => (leaving ? [] : [lifeNumber]))
  }

  /** Lives whose member was not asked to stand still. */
  awake(): number[] {
    return this.living().filter((lifeNumber) => {
      const { stalled, joining } = this.all[lifeNumber]!
      return !stalled && !joining
    })
  }

  /** Stops a member's process where it stands, and waits until it does: it keeps its socket and reads nothing. */
  async stall(lifeNumber: number): Promise<void> {
    const { pid } = this.all[lifeNumber]!.host
    process.kill(pid, 'SIGSTOP')
    this.all[lifeNumber]!.stalled = true
    // The signal is not heard before the batch that it is at has been answered.
    await until(() => readTaskState(pid) === 'stopped' || this.all[lifeNumber]!.leaving, ANSWER_BOUND_MS)
  }

  /** Lets a stalled member go on. */
  resume(lifeNumber: number): void {
    this.all[lifeNumber]!.stalled = false
    process.kill(this.all[lifeNumber]!.host.pid, 'SIGCONT')
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
