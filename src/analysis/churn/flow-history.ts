import { decodeLife, type FlowStays } from '../../recording/flow-stays.js'
import type { Life } from '../../kernel/group-array.js'

/** A time during which a flow was answered by one member: send and receive times of the first and last exchange, ns. */
export interface Stay extends Life {
  fromNs: number
  toNs: number
  heardFromNs: number
  heardToNs: number
}

/** The stays of every flow of a run, in the order of time. */
export class FlowHistory {
  readonly #stays: Stay[][]

  /** @param flows of the run; @param parts one a worker, with the id of its first flow */
  constructor(flows: number, parts: readonly { firstFlow: number; stays: FlowStays }[]) {
    this.#stays = Array.from({ length: flows }, () => [])
    for (const { firstFlow, stays } of parts) {
      stays.flow.forEach((flow, i) => {
        const { member, generation } = decodeLife(stays.life[i]!)
        this.#stays[firstFlow + flow]!.push({
          member,
          generation,
          fromNs: stays.fromNs[i]!,
          toNs: stays.toNs[i]!,
          heardFromNs: stays.heardFromNs[i]!,
          heardToNs: stays.heardToNs[i]!,
        })
      })
    }
  }

  get flows(): number {
    return this.#stays.length
  }

  /** The stays of requests that a flow sent in [fromNs, toNs). */
  staysIn(flow: number, fromNs: number, toNs: number): Stay[] {
    return this.#stays[flow]!.filter((stay) => stay.fromNs < toNs && stay.toNs >= fromNs)
  }

  /** Where a flow was answered last, for requests sent in [fromNs, toNs); undefined: nowhere. */
  lastIn(flow: number, fromNs: number, toNs: number): Stay | undefined {
    return this.#stays[flow]!.findLast((stay) => stay.fromNs < toNs && stay.toNs >= fromNs)
  }

  /** Whether a flow heard any answer in [fromNs, toNs), whenever it had asked. */
  heardIn(flow: number, fromNs: number, toNs: number): boolean {
    return this.#stays[flow]!.some((stay) => stay.heardFromNs < toNs && stay.heardToNs >= fromNs)
  }
}
