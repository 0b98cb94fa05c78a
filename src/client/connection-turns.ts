import type { Source } from './driver.js'

/**
 * A loop whose flows, when their turn has come, have all requests of a connection one after another, before another flow has
 * its turn: connections in flight, not flows that each wait between two requests of a connection.
 */
export class ConnectionTurns implements Source {
  /** requests of the lane's turn that are not sent yet */
  readonly #left: Uint32Array
  /** lanes whose turn goes on */
  readonly #ready: number[] = []
  #unfinished = 0

  /**
   * @param turns whose turn it is; counts turns as a loop counts requests
   * @param perTurn requests of each, at least 2
   * @param toTheEnd whether a turn that has begun is to be ended also when no other is to begin
   */
  constructor(
    readonly turns: Source,
    lanes: number,
    readonly perTurn: number,
    readonly toTheEnd: boolean,
  ) {
    this.#left = new Uint32Array(lanes)
  }

  get flowsGivenUp(): number {
    return this.turns.flowsGivenUp
  }

  start(nowNs: number): void {
    this.turns.start(nowNs)
  }

  due(nowNs: number, waiting: number, lanes: Int32Array, intendedNs: Float64Array): number {
    let going = 0
    for (; going < lanes.length && this.#ready.length > 0; going++) {
      const lane = this.#ready.pop()!
      this.#left[lane]!--
      lanes[going] = lane
    }
    const begun = this.turns.due(nowNs, waiting + going, lanes.subarray(going), intendedNs)
    for (let i = going; i < going + begun; i++) {
      this.#left[lanes[i]!] = this.perTurn - 1
      this.#unfinished++
    }
    return going + begun
  }

  release(lane: number): void {
    if (this.#left[lane]! > 0) this.#ready.push(lane)
    else {
      this.#unfinished--
      this.turns.release(lane)
    }
  }

  /** The turn is over with it. */
  givenUp(lane: number): void {
    this.#left[lane] = 0
    this.#unfinished--
    this.turns.givenUp(lane)
  }

  asksAgain(): boolean {
    return false
  }

  askedAgain(): void {}

  idleNs(nowNs: number, waiting: number): number {
    return this.#ready.length > 0 ? 0 : this.turns.idleNs(nowNs, waiting)
  }

  finished(nowNs: number): boolean {
    return this.turns.finished(nowNs) && !(this.toTheEnd && this.#unfinished > 0)
  }

  arrears(nowNs: number): number {
    return this.turns.arrears(nowNs)
  }
}
