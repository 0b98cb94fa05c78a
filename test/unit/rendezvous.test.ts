import { describe, expect, it } from 'vitest'
import { chiSquareStatistic, chiSquareTail } from '../../src/stats/chi-square.js'
import { rendezvousTable, TABLE_BITS } from '../../src/kernel/rendezvous.js'

const ENTRIES = 2 ** TABLE_BITS
const members = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Entries by member. */
function shares(table: Uint32Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const member of table) counts.set(member, (counts.get(member) ?? 0) + 1)
  return counts
}

function moved(before: Uint32Array, after: Uint32Array): [from: number, to: number][] {
  return Array.from(before, (member, i): [number, number] => [member, after[i]!]).filter(
    ([from, to]) => from !== to,
  )
}

describe('the lookup table', () => {
  it.each([2, 3, 4, 16, 100, 256])('spreads its entries over %i members as chance would', (n) => {
    const counts = [...shares(rendezvousTable(members(n))).values()]
    expect(counts).toHaveLength(n)
    // The table is the same on every machine: this holds for good, it is no test that may fail by chance.
    expect(chiSquareTail(chiSquareStatistic(counts), n - 1)).toBeGreaterThan(1e-3)
  })

  it('of one member is all its own', () =>
    expect(shares(rendezvousTable([7]))).toEqual(new Map([[7, ENTRIES]])))

  it.each([1, 4, 15])(
    'gives a newcomer about 1/(n+1), of everybody’s, and moves nothing else: n = %i',
    (n) => {
      const moves = moved(rendezvousTable(members(n)), rendezvousTable(members(n + 1)))
      expect(moves.every(([, to]) => to === n)).toBe(true)
      const sigma = Math.sqrt((ENTRIES * n) / (n + 1) ** 2)
      expect(Math.abs(moves.length - ENTRIES / (n + 1))).toBeLessThan(5 * sigma)
      expect(new Set(moves.map(([from]) => from)).size).toBe(n)
    },
  )

  it('moves only the entries of a member that leaves, to all others, and back when it returns', () => {
    const before = rendezvousTable(members(8))
    const without = rendezvousTable(members(8).filter((member) => member !== 3))
    const moves = moved(before, without)
    expect(moves).toHaveLength(shares(before).get(3)!)
    expect(moves.every(([from]) => from === 3)).toBe(true)
    expect(new Set(moves.map(([, to]) => to)).size).toBe(7)
    expect(rendezvousTable([3, 7, 6, 5, 4, 2, 1, 0])).toEqual(before)
  })
})
