import { MAP_SOCKARRAY, type BpfMap, type BpfScope } from './bpf.js'

/**
 * The sockets of a group by seat, where programs select from (REUSEPORT_SOCKARRAY). It holds no socket open: one that
 * closes leaves its seat empty at once.
 */
export class SeatSockets {
  readonly #map: BpfMap

  constructor(scope: BpfScope, seats: number) {
    this.#map = scope.createMap({ type: MAP_SOCKARRAY, keyBytes: 4, valueBytes: 8, entries: seats })
  }

  get fd(): number {
    return this.#map.fd
  }

  /** Seats a bound socket. */
  put(seat: number, socketFd: number): void {
    this.#map.update(Uint32Array.of(seat), BigUint64Array.of(BigInt(socketFd)))
  }

  /** Empties a seat, if its socket has not done so by closing; the socket stays in the group. */
  empty(seat: number): void {
    this.#map.delete(Uint32Array.of(seat))
  }
}
