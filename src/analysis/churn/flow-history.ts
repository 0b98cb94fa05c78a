import type { FlowStays } from '../../recording/flow-stays.js'

type Columns = Omit<FlowStays, 'flow'>
const COLUMNS = ['life', 'fromNs', 'toNs', 'heardFromNs', 'heardToNs'] as const satisfies (keyof Columns)[]

/**
 * The stays of every flow of a run, in the order of time. A long run has hundreds of thousands of them, and each change
 * asks for every flow: they are kept in columns, and none becomes an object. Lives are told by their codes.
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

  /** Who answered a flow last, of requests sent in [fromNs, toNs); undefined: nobody. */
  lastIn(flow: number, fromNs: number, toNs: number): number | undefined {
    for (let row = this.#start[flow + 1]! - 1; row >= this.#start[flow]!; row--)
      if (this.#sentIn(row, fromNs, toNs)) return this.#stays.life[row]
    return undefined
  }

  /** When a flow last sent a request in [fromNs, toNs), or soon after, that another than `life` answered; 0: it did not. */
  lastElsewhereIn(flow: number, life: number, fromNs: number, toNs: number): number {
    let latest = 0
    for (let row = this.#start[flow]!; row < this.#start[flow + 1]!; row++)
      if (this.#stays.life[row] !== life && this.#sentIn(row, fromNs, toNs))
        latest = Math.max(latest, this.#stays.toNs[row]!)
    return latest
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
}
