import { describe, expect, test } from 'vitest'
import { applyStep, freshGroup, stepsOf } from '../../src/kernel/group-array.js'
import type { Change, Life } from '../../src/kernel/group-array.js'
import { jhash3Words, udpFlowHash } from '../../src/kernel/jhash.js'
import { placements } from '../../src/kernel/lookup.js'
import type { SelectionRule } from '../../src/kernel/lookup.js'
import { intervalWeights, moveShares, placementWeights, transitions } from '../../src/kernel/remap.js'
import type { FlowWeights, MoveShares, Transitions } from '../../src/kernel/remap.js'

interface Remap extends MoveShares {
  matrix: Transitions
}

function remap(before: Life[], now: Life[], weights: FlowWeights): Remap {
  return { ...moveShares(before, now, weights), matrix: transitions(before, now, weights) }
}

function after(rule: SelectionRule, n: number, change: Change): Life[] {
  return stepsOf(freshGroup(n), change).reduce((group, step) => applyStep(rule, group, step), freshGroup(n))
}

function exact(n: number, change: Change): Remap {
  const now = after('4.5', n, change)
  return remap(freshGroup(n), now, intervalWeights(n, now.length))
}

function counted(rule: SelectionRule, n: number, change: Change, hashes: Uint32Array): Remap {
  const now = after(rule, n, change)
  const placed = placements(rule, hashes, Math.max(n, now.length))
  return remap(freshGroup(n), now, placementWeights(placed[n]!, placed[now.length]!))
}

/** One hash from the middle of each of `count` equal parts of all hashes. */
function evenHashes(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * 2 ** 32) / count))
}

function mixedHashes(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => jhash3Words(i, 7, 7, 7))
}

const sizes = Array.from({ length: 64 }, (_, i) => i + 1)
const removals = [2, 3, 4, 5, 8, 16].flatMap((n) => Array.from({ length: n }, (_, r) => [n, r] as const))

describe('n → n + 1', () => {
  test.each(sizes)('%i members: one half of the flows stays', (n) => {
    const moves = exact(n, { kind: 'resize', to: n + 1 })
    expect(moves.staysShare).toBe(0.5)
    expect(moves.collateralShare).toBe(0.5)
    expect(moves.orphanShare).toBe(0)
    expect(moves.minimumMovedShare).toBe(1 / (n + 1))
  })
})

test.each(sizes)('n → 2n: 1/(2n) stays, n = %i', (n) => {
  expect(exact(n, { kind: 'resize', to: 2 * n }).staysShare).toBe(1 / (2 * n))
})

test('n → m: what stays is Σ max(0, min((i+1)/n, (i+1)/m) − max(i/n, i/m))', () => {
  for (const n of sizes) {
    for (const m of sizes) {
      let stays = 0
      for (let i = 0; i < Math.min(n, m); i++) {
        stays += Math.max(0, Math.min((i + 1) / n, (i + 1) / m) - Math.max(i / n, i / m))
      }
      expect(exact(n, { kind: 'resize', to: m }).staysShare).toBeCloseTo(stays, 12)
    }
  }
})

describe('n → n − 1, removing index r', () => {
  test.each(removals)('of %i members, index %i: the formulas of docs/kernel.md', (n, r) => {
    const expected =
      r === n - 1
        ? 1 / 2
        : r === n - 2
          ? 1 / 2 + (n - 2) / (n * (n - 1))
          : 1 / 2 - (n - 1 - r) / (n * (n - 1))
    const moves = exact(n, { kind: 'remove', member: r })
    expect(moves.staysShare).toBeCloseTo(expected, 12)
    expect(moves.orphanShare).toBeCloseTo(1 / n, 12)
    expect(moves.collateralShare).toBeCloseTo(1 - expected - 1 / n, 12)
    expect(moves.minimumMovedShare).toBeCloseTo(1 / n, 12)
    expect(moves.successorShare).toBe(0)
  })

  test.each(removals)('of %i members, index %i: its flows land in slots r − 1 and r', (n, r) => {
    const moves = exact(n, { kind: 'remove', member: r })
    for (const [column, { slot }] of moves.matrix.columns.entries()) {
      const share = moves.matrix.shares[r]![column]! * n
      const expected = slot === r - 1 ? r / (n - 1) : slot === r ? 1 - r / (n - 1) : 0
      expect(share).toBeCloseTo(expected, 12)
    }
  })

  test('index n − 2 is the cheapest to remove, index 0 the dearest', () => {
    const collateral = sizes
      .slice(0, 8)
      .map((r) => exact(8, { kind: 'remove', member: r - 1 }).collateralShare)
    expect(collateral.indexOf(Math.min(...collateral))).toBe(6)
    expect(collateral.indexOf(Math.max(...collateral))).toBe(0)
  })
})

describe('restart: the new process is not the old one, so all its flows are orphans', () => {
  test('stop then start: the flows of the former last member are displaced', () => {
    for (const n of sizes.slice(1)) {
      for (const r of [0, n >> 1, n - 1]) {
        const moves = exact(n, { kind: 'restart', member: r, order: 'stop-then-start' })
        expect(moves.orphanShare).toBeCloseTo(1 / n, 12)
        expect(moves.collateralShare).toBeCloseTo(r === n - 1 ? 0 : 1 / n, 12)
        expect(moves.successorShare).toBeCloseTo(r === n - 1 ? 1 / n : 0, 12)
        expect(moves.minimumMovedShare).toBeCloseTo(1 / n, 12)
      }
    }
  })

  test('start then stop: none but the orphans, who all find the successor', () => {
    const moves = exact(6, { kind: 'restart', member: 2, order: 'start-then-stop' })
    expect(moves.collateralShare).toBe(0)
    expect(moves.successorShare).toBeCloseTo(1 / 6, 12)
  })
})

describe('replace all', () => {
  test.each([2, 4, 5, 9])('%i members, oldest closed first: only the middle one keeps its flows', (n) => {
    const moves = exact(n, { kind: 'replace', manner: 'fifo' })
    expect(moves.orphanShare).toBe(1)
    expect(moves.minimumMovedShare).toBe(1)
    expect(moves.successorShare).toBeCloseTo(n % 2 === 1 ? 1 / n : 0, 12)
  })

  test('newest closed first: every flow lands on the successor of its member', () => {
    expect(exact(5, { kind: 'replace', manner: 'reverse' }).successorShare).toBe(1)
  })
})

describe('counting hash by hash agrees with the exact intervals', () => {
  const changes: [number, Change][] = [
    [1, { kind: 'resize', to: 2 }],
    [4, { kind: 'resize', to: 5 }],
    [4, { kind: 'resize', to: 8 }],
    [7, { kind: 'resize', to: 3 }],
    [6, { kind: 'restart', member: 2, order: 'stop-then-start' }],
    [6, { kind: 'replace', manner: 'fifo' }],
    [5, { kind: 'replace', manner: 'rolling', order: 'stop-then-start' }],
    ...removals.map(([n, member]): [number, Change] => [n, { kind: 'remove', member }]),
  ]

  test.each(changes)('from %i: %j', (n, change) => {
    const count = 100_000
    const intervals = exact(n, change)
    const enumerated = counted('4.5', n, change, evenHashes(count))
    expect(enumerated.matrix.rows).toEqual(intervals.matrix.rows)
    expect(enumerated.matrix.columns).toEqual(intervals.matrix.columns)
    // Each border between two slots can misplace one of the evenly spaced hashes.
    const borders = n + intervals.matrix.columns.length
    expect(Math.abs(enumerated.staysShare - intervals.staysShare)).toBeLessThan(borders / count)
    expect(Math.abs(enumerated.orphanShare - intervals.orphanShare)).toBeLessThan(borders / count)
    for (const [i, row] of intervals.matrix.shares.entries()) {
      for (const [j, share] of row.entries()) {
        expect(Math.abs(enumerated.matrix.shares[i]![j]! - share)).toBeLessThan(borders / count)
      }
    }
  })

  test('and so do the hashes of real flows, from neighbouring ports', () => {
    const hashes = Uint32Array.from({ length: 28_000 }, (_, i) => {
      const flow = {
        localAddress: 0x7f000001,
        localPort: 41_873,
        foreignAddress: 0x7f000001,
        foreignPort: 32_768 + i,
      }
      return udpFlowHash(flow, 0x9e3779b9)
    })
    expect(counted('4.5', 4, { kind: 'resize', to: 5 }, hashes).staysShare).toBeCloseTo(0.5, 1.7)
  })
})

describe('before 4.5', () => {
  test.each([
    [2, 0.83],
    [4, 0.95],
    [8, 0.986],
    [16, 0.996],
  ])('3.9: %i → one more moves %d of the flows, since the newest socket heads the chain', (n, moved) => {
    const moves = counted('3.9', n, { kind: 'resize', to: n + 1 }, mixedHashes(200_000))
    expect(Math.abs(moves.movedShare - moved)).toBeLessThan(0.004)
    expect(moves.minimumMovedShare).toBeCloseTo(1 / (n + 1), 12)
  })

  test('3.8: a new member takes everything, and nothing changes while an older one leaves', () => {
    const hash = Uint32Array.of(0)
    expect(counted('3.8', 4, { kind: 'resize', to: 5 }, hash).collateralShare).toBe(1)
    expect(counted('3.8', 4, { kind: 'remove', member: 0 }, hash).staysShare).toBe(1)
    expect(counted('3.8', 4, { kind: 'remove', member: 3 }, hash).orphanShare).toBe(1)
  })
})

test('every remap accounts for all flows', () => {
  for (const n of [2, 3, 5, 12]) {
    for (const change of [
      { kind: 'resize', to: n + 3 },
      { kind: 'remove', member: 1 },
      { kind: 'replace', manner: 'rolling', order: 'stop-then-start' },
    ] as const) {
      const moves = exact(n, change)
      const total = moves.matrix.shares.flat().reduce((sum, share) => sum + share, 0)
      expect(total).toBeCloseTo(1, 12)
      expect(moves.staysShare + moves.orphanShare + moves.collateralShare).toBeCloseTo(1, 12)
      expect(moves.movedShare).toBeCloseTo(moves.orphanShare + moves.collateralShare, 12)
      expect(moves.minimumMovedShare).toBeLessThanOrEqual(moves.movedShare + 1e-12)
    }
  }
})
