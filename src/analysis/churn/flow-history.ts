import { decodeLife, type FlowStays } from '../../recording/flow-stays.js'
import type { Life } from '../../kernel/group-array.js'

/** A time during which a flow was answered by one member: send and receive times of the first and last exchange, ns. */
export interface Stay extends Life {
  fromNs: number
  toNs: number
  heardFromNs: number
  heardToNs: number
}

type Columns = Omit<FlowStays, 'flow'>
const COLUMNS = ['life', 'fromNs', 'toNs', 'heardFromNs', 'heardToNs'] as const satisfies (keyof Columns)[]

/**
 * The stays of every flow of a run, in the order of time. A long run has hundreds of thousands of them: they are kept in
 * columns, and one becomes an object when it is asked for.
 */
export class FlowHistory {
  /** rows `start[flow]` … `start[flow + 1] − 1` are a flow's */
  readonly #start: Uint32Array
  readonly #stays: Columns

  /** @param flows of the run; @param parts one a worker, with the id of its first flow */
  constructor(
    readonly flows: number,
    parts: readonly { firstFlow: number; stays: FlowStays }[],
  ) {
    const start = new Uint32Array(flows + 1)
    for (const { firstFlow, stays } of parts) for (const flow of stays.flow) start[firstFlow + flow + 1]! += 1
    for (let flow = 0; flow < flows; flow++) start[flow + 1]! += start[flow]!
    const total = start[flows]!
    const column = (): Float64Array<ArrayBuffer> => new Float64Array(total)
    const sorted = {
      life: column(),
      fromNs: column(),
      toNs: column(),
      heardFromNs: column(),
      heardToNs: column(),
    }
    // Rows come in the order of time: in this order they stay, flow by flow.
    const next = start.slice()
    for (const { firstFlow, stays } of parts)
      stays.flow.forEach((flow, i) => {
        const row = next[firstFlow + flow]!++
        for (const name of COLUMNS) sorted[name][row] = stays[name][i]!
      })
    this.#start = start
    this.#stays = sorted
  }

  /** The stays of requests that a flow sent in [fromNs, toNs). */
  staysIn(flow: number, fromNs: number, toNs: number): Stay[] {
    const found: Stay[] = []
    for (let row = this.#start[flow]!; row < this.#start[flow + 1]!; row++)
      if (this.#sentIn(row, fromNs, toNs)) found.push(this.#stayAt(row))
    return found
  }

  /** Where a flow was answered last, for requests sent in [fromNs, toNs); undefined: nowhere. */
  lastIn(flow: number, fromNs: number, toNs: number): Stay | undefined {
    for (let row = this.#start[flow + 1]! - 1; row >= this.#start[flow]!; row--)
      if (this.#sentIn(row, fromNs, toNs)) return this.#stayAt(row)
    return undefined
  }

  /** Whether a flow heard any answer in [fromNs, toNs), whenever it had asked. */
  heardIn(flow: number, fromNs: number, toNs: number): boolean {
    const { heardFromNs, heardToNs } = this.#stays
    for (let row = this.#start[flow]!; row < this.#start[flow + 1]!; row++)
      if (heardFromNs[row]! < toNs && heardToNs[row]! >= fromNs) return true
    return false
  }

  #sentIn(row: number, fromNs: number, toNs: number): boolean {
    return this.#stays.fromNs[row]! < toNs && this.#stays.toNs[row]! >= fromNs
  }

  #stayAt(row: number): Stay {
    const { life, fromNs, toNs, heardFromNs, heardToNs } = this.#stays
    return {
      ...decodeLife(life[row]!),
      fromNs: fromNs[row]!,
      toNs: toNs[row]!,
      heardFromNs: heardFromNs[row]!,
      heardToNs: heardToNs[row]!,
    }
  }
}
