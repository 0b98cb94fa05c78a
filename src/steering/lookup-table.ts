import { MAP_ARRAY, type BpfMap, type BpfScope } from './bpf.js'
import { rendezvousTable, TABLE_ENTRIES } from '../kernel/rendezvous.js'
import type { LifeDirectory, PlacedLife } from './life-steering.js'

/**
 * The lookup table of consistent steering where programs read it, kept as members come and go: which life has each
 * scaled hash. Entries belong to members, by index; of several lives of one member the oldest serves, so a successor
 * waits until the one that it follows is gone, and then has the very same entries.
 */
export class LookupTable implements LifeDirectory {
  readonly #map: BpfMap
  /** member → its lives, oldest first */
  readonly #lives = new Map<number, number[]>()
  /** as the map stands, which begins with zeros */
  #table: Uint32Array = new Uint32Array(TABLE_ENTRIES)

  constructor(scope: BpfScope) {
    const entries = this.#table.length
    this.#map = scope.createMap({ type: MAP_ARRAY, keyBytes: 4, valueBytes: 4, entries })
  }

  get fd(): number {
    return this.#map.fd
  }

  joined(newcomers: readonly PlacedLife[]): void {
    for (const { member, lifeNumber } of newcomers)
      this.#lives.set(member, [...(this.#lives.get(member) ?? []), lifeNumber])
    this.#publish()
  }

  left(lifeNumber: number): void {
    for (const [member, lives] of this.#lives) {
      const others = lives.filter((other) => other !== lifeNumber)
      if (others.length > 0) this.#lives.set(member, others)
      else this.#lives.delete(member)
    }
    this.#publish()
  }

  /** Writes only the entries that change, so that those of members that stay are never touched. */
  #publish(): void {
    // When the last one has left, nobody is there to have its entries.
    if (this.#lives.size === 0) return
    const next = rendezvousTable([...this.#lives.keys()]).map((member) => this.#lives.get(member)![0]!)
    const changed = Uint32Array.from(next.keys()).filter((entry) => next[entry] !== this.#table[entry])
    this.#map.update(
      changed,
      changed.map((entry) => next[entry]!),
    )
    this.#table = next
  }
}
