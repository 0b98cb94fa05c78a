import { MAP_SOCKARRAY, type BpfMap, type BpfScope } from './bpf.js'

/**
 * The sockets of a group by number of its life, where programs select from (REUSEPORT_SOCKARRAY). It holds no socket open: one that
 * closes leaves its life's number empty at once.
 */
export class LifeSockets {
  readonly #map: BpfMap

  constructor(scope: BpfScope, lives: number) {
    this.#map = scope.createMap({ type: MAP_SOCKARRAY, keyBytes: 4, valueBytes: 8, entries: lives })
  }

  get fd(): number {
    return this.#map.fd
  }

  /** Lives a bound socket. */
  put(lifeNumber: number, socketFd: number): void {
    this.#map.update(Uint32Array.of(lifeNumber), BigUint64Array.of(BigInt(socketFd)))
  }

  /** Empties a life, if its socket has not done so by closing; the socket stays in the group. */
  empty(lifeNumber: number): void {
    this.#map.delete(Uint32Array.of(lifeNumber))
  }
}
