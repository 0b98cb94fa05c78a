import { MAP_ARRAY, type BpfMap, type BpfScope } from './bpf.js'
import { rendezvousTable, TABLE_ENTRIES } from '../kernel/rendezvous.js'
import type { SeatDirectory, SeatedMember } from './seat-steering.js'

/**
 * The lookup table of consistent steering where programs read it, kept as members come and go: which seat has each
 * scaled hash. Entries belong to members, by index; of several seats of one member the oldest serves, so a successor
 * waits until the one that it follows is gone, and then has the very same entries.
 */
export class LookupTable implements SeatDirectory {
  readonly #map: BpfMap
  /** member → its seats, oldest first */
  readonly #seats = new Map<number, number[]>()
  /** as the map stands, which begins with zeros */
  #table: Uint32Array = new Uint32Array(TABLE_ENTRIES)

  constructor(scope: BpfScope) {
    const entries = this.#table.length
    this.#map = scope.createMap({ type: MAP_ARRAY, keyBytes: 4, valueBytes: 4, entries })
  }

  get fd(): number {
    return this.#map.fd
  }

  joined(newcomers: readonly SeatedMember[]): void {
    for (const { member, seat } of newcomers)
      this.#seats.set(member, [...(this.#seats.get(member) ?? []), seat])
    this.#publish()
  }

  left(seat: number): void {
    for (const [member, seats] of this.#seats) {
      const others = seats.filter((other) => other !== seat)
      if (others.length > 0) this.#seats.set(member, others)
      else this.#seats.delete(member)
    }
    this.#publish()
  }

  /** Writes only the entries that change, so that those of members that stay are never touched. */
  #publish(): void {
    // When the last one has left, nobody is there to have its entries.
    if (this.#seats.size === 0) return
    const next = rendezvousTable([...this.#seats.keys()]).map((member) => this.#seats.get(member)![0]!)
    const changed = Uint32Array.from(next.keys()).filter((entry) => next[entry] !== this.#table[entry])
    this.#map.update(
      changed,
      changed.map((entry) => next[entry]!),
    )
    this.#table = next
  }
}
