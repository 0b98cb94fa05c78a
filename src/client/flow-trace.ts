import { type FlowStays } from '../recording/flow-stays.js'

/**
 * Follows flows from member to member by the requests that were answered. The kernel picks the member when a request
 * is sent, and so those times say where a flow belongs; only the times of the answers say when it was served: a member
 * that stood still answers afterwards what was sent meanwhile.
 */
export class FlowTrace {
  readonly #gapNs: number
  readonly #life: Float64Array
  readonly #fromNs: Float64Array
  readonly #toNs: Float64Array
  readonly #heardFromNs: Float64Array
  readonly #heardToNs: Float64Array
  readonly #ended: Record<keyof FlowStays, number[]> = {
    flow: [],
    life: [],
    fromNs: [],
    toNs: [],
    heardFromNs: [],
    heardToNs: [],
  }

  /** @param gapNs how long a flow must hear nothing for that to end a stay */
  constructor(flows: number, gapNs: number) {
    this.#gapNs = gapNs
    this.#life = new Float64Array(flows).fill(-1)
    this.#fromNs = new Float64Array(flows)
    this.#toNs = new Float64Array(flows)
    this.#heardFromNs = new Float64Array(flows)
    this.#heardToNs = new Float64Array(flows)
  }

  /** Notes that a request of a flow was answered. One that was sent before the latest known says nothing new. */
  note(flow: number, life: number, sentNs: number, receivedNs: number): void {
    const current = this.#life[flow]!
    if (current >= 0 && sentNs < this.#toNs[flow]!) return
    if (current !== life || receivedNs - this.#heardToNs[flow]! > this.#gapNs) {
      if (current >= 0) this.#end(flow)
      this.#life[flow] = life
      this.#fromNs[flow] = sentNs
      this.#heardFromNs[flow] = receivedNs
    }
    this.#toNs[flow] = sentNs
    this.#heardToNs[flow] = receivedNs
  }

  #end(flow: number): void {
    this.#ended.flow.push(flow)
    this.#ended.life.push(this.#life[flow]!)
    this.#ended.fromNs.push(this.#fromNs[flow]!)
    this.#ended.toNs.push(this.#toNs[flow]!)
    this.#ended.heardFromNs.push(this.#heardFromNs[flow]!)
    this.#ended.heardToNs.push(this.#heardToNs[flow]!)
  }

  /** All stays, each flow's in the order of time. Ends the trace. */
  stays(): FlowStays {
    for (let flow = 0; flow < this.#life.length; flow++) if (this.#life[flow]! >= 0) this.#end(flow)
    return {
      flow: Int32Array.from(this.#ended.flow),
      life: Float64Array.from(this.#ended.life),
      fromNs: Float64Array.from(this.#ended.fromNs),
      toNs: Float64Array.from(this.#ended.toNs),
      heardFromNs: Float64Array.from(this.#ended.heardFromNs),
      heardToNs: Float64Array.from(this.#ended.heardToNs),
    }
  }
}
