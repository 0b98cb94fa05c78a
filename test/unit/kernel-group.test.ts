import { describe, expect, test } from 'vitest'
import { applyStep, freshGroup, stepsOf } from '../../src/kernel/group-array.js'
import type { Change, Life } from '../../src/kernel/group-array.js'
import { jhash3Words } from '../../src/kernel/jhash.js'
import { placements, selectIndex } from '../../src/kernel/lookup.js'
import type { SelectionRule } from '../../src/kernel/lookup.js'
import { ruleOfKernel } from '../../src/kernel/version.js'

/** `3` is member 3 as it was, `3'` its next generation. */
function names(group: readonly Life[]): string {
  return group.map(({ member, generation }) => `${member}${"'".repeat(generation)}`).join(' ')
}

function after(n: number, change: Change, rule: SelectionRule = '4.5'): string {
  return names(
    stepsOf(freshGroup(n), change).reduce((group, step) => applyStep(rule, group, step), freshGroup(n)),
  )
}

describe('the array', () => {
  test('stands in bind order, and a new member is appended', () => {
    expect(names(freshGroup(4))).toBe('0 1 2 3')
    expect(after(4, { kind: 'resize', to: 6 })).toBe('0 1 2 3 4 5')
  })

  test('fills the hole of a removed member with the last one', () => {
    expect(after(4, { kind: 'remove', member: 0 })).toBe('3 1 2')
    expect(after(4, { kind: 'remove', member: 2 })).toBe('0 1 3')
    expect(after(4, { kind: 'remove', member: 3 })).toBe('0 1 2')
  })

  test('shrinks from its end', () => {
    expect(after(5, { kind: 'resize', to: 2 })).toBe('0 1')
  })

  test('of a member restarted by stop-then-start: the last one takes its slot, the successor the end', () => {
    expect(after(4, { kind: 'restart', member: 1, order: 'stop-then-start' })).toBe("0 3 2 1'")
    expect(after(4, { kind: 'restart', member: 3, order: 'stop-then-start' })).toBe("0 1 2 3'")
  })

  test('of a member restarted by start-then-stop: the successor takes its slot', () => {
    expect(after(4, { kind: 'restart', member: 1, order: 'start-then-stop' })).toBe("0 1' 2 3")
  })

  test('is reversed when all are replaced and the oldest closes first', () => {
    expect(after(4, { kind: 'replace', manner: 'fifo' })).toBe("3' 2' 1' 0'")
    expect(after(5, { kind: 'replace', manner: 'fifo' })).toBe("4' 3' 2' 1' 0'")
  })

  test('keeps member k in slot k when all are replaced and the newest closes first', () => {
    expect(after(5, { kind: 'replace', manner: 'reverse' })).toBe("0' 1' 2' 3' 4'")
  })

  test('keeps its order when replaced one by one, start-then-stop', () => {
    expect(after(4, { kind: 'replace', manner: 'rolling', order: 'start-then-stop' })).toBe("0' 1' 2' 3'")
  })

  test('is shuffled when replaced one by one, stop-then-start', () => {
    expect(after(4, { kind: 'replace', manner: 'rolling', order: 'stop-then-start' })).toBe("2' 0' 1' 3'")
  })

  test('refuses to remove a member that it does not have', () => {
    const stranger = { action: 'stop', member: 9, generation: 0 } as const
    expect(() => applyStep('4.5', freshGroup(2), stranger)).toThrow(
      'member 9 of generation 0 is not in the group',
    )
  })
})

test('the chain before 4.5 keeps its order when a member leaves', () => {
  expect(after(4, { kind: 'remove', member: 0 }, '3.9')).toBe('1 2 3')
  expect(after(4, { kind: 'restart', member: 1, order: 'stop-then-start' }, '3.8')).toBe("0 2 3 1'")
})

describe('selectIndex', () => {
  test('3.8: the newest socket gets everything', () => {
    for (const hash of [0, 2 ** 31, 2 ** 32 - 1]) expect(selectIndex('3.8', hash, 4)).toBe(3)
  })

  test('3.9: of two sockets the older one has the lower half of the hashes', () => {
    expect(selectIndex('3.9', 2 ** 31 - 1, 2)).toBe(0)
    expect(selectIndex('3.9', 2 ** 31, 2)).toBe(1)
  })

  test('3.9: of three, the oldest has the next pseudo-random number in the lower third', () => {
    // 0 → 1013904223 < 2^32 / 3; 1 → 1015568748 < 2^32 / 3; 0x40000000 → 2087646047 > 2^32 / 3
    expect(selectIndex('3.9', 0, 3)).toBe(0)
    expect(selectIndex('3.9', 1, 3)).toBe(0)
    expect(selectIndex('3.9', 0x40000000, 3)).toBe(1)
  })

  test('4.5: the index is the scaled hash', () => {
    expect(selectIndex('4.5', 0, 4)).toBe(0)
    expect(selectIndex('4.5', 2 ** 32 - 1, 4)).toBe(3)
  })

  test.each([
    ['3.9', 3],
    ['3.9', 8],
    ['3.9', 16],
    ['4.5', 3],
    ['4.5', 16],
  ] as const)('%s gives each of %i members an equal share', (rule, n) => {
    const flows = 200_000
    const counts = Array.from({ length: n }, () => 0)
    for (let i = 0; i < flows; i++) counts[selectIndex(rule, jhash3Words(i, 1, 2, 3), n)]!++
    for (const count of counts) expect(Math.abs((count * n) / flows - 1)).toBeLessThan(0.04)
  })
})

test.each(['3.8', '3.9', '4.5'] as const)(
  'placements under %s are selectIndex for every group size',
  (rule) => {
    const hashes = Uint32Array.from({ length: 500 }, (_, i) => jhash3Words(i, 5, 5, 5))
    const placed = placements(rule, hashes, 20)
    for (let n = 1; n <= 20; n++) {
      expect(placed[n]).toEqual(Uint16Array.from(hashes, (hash) => selectIndex(rule, hash, n)))
    }
  },
)

describe('ruleOfKernel', () => {
  test.each([
    ['2.6.32-754.el6', '3.8'],
    ['3.8', '3.8'],
    ['3.8.13', '3.8'],
    ['3.9', '3.9'],
    ['3.10.0-1160.el7.x86_64', '3.9'],
    ['4.4.302', '3.9'],
    ['4.5', '4.5'],
    ['4.15.0-20-generic', '4.5'],
    ['5.15.0+', '4.5'],
    ['6.18.44-fc-v595', '4.5'],
    ['10.0', '4.5'],
  ])('%s selects as %s', (release, rule) => {
    expect(ruleOfKernel(release)).toBe(rule)
  })

  test.each(['', 'this one', 'v6.1', '6', 'Darwin 23.1'])('refuses %j', (release) => {
    expect(() => ruleOfKernel(release)).toThrow(`'${release}' is not a kernel version`)
  })
})
