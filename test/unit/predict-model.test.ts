import { describe, expect, test } from 'vitest'
import { freshGroup, stepsOf } from '../../src/kernel/group-array.js'
import { predictChange, predictSpreadOf } from '../../src/analysis/prediction/prediction.js'
import { idleMemberProbability, predictSpread } from '../../src/kernel/spread.js'
import { stickyWeights } from '../../src/kernel/steering-model.js'
import { predictResult } from '../../src/result/predict-result.js'
import { PREDICT_SCHEMA } from '../../src/result/schema-names.js'

const HEADER = {
  schema: PREDICT_SCHEMA,
  tool: { name: 'rpbench', version: '0.1.0' },
  startedAt: '2026-11-22T10:13:00.000Z',
  kernel: '6.18.44',
} as const

describe('steering consistent', () => {
  test.each([1, 2, 4, 16, 64])('%i → one more moves 1/(n+1), all to the new member', (n) => {
    const moves = predictChange(n, { kind: 'resize', to: n + 1 }, '4.5', 'consistent')
    expect(moves.movedShare).toBeCloseTo(1 / (n + 1), 12)
    expect(moves.minimumMovedShare).toBeCloseTo(1 / (n + 1), 12)
    expect(moves.transitions.reduce((sum, row) => sum + row[n]!, 0)).toBeCloseTo(1 / (n + 1), 12)
  })

  test('a removal moves the orphans alone, evenly to all who are left', () => {
    const moves = predictChange(5, { kind: 'remove', member: 1 }, '4.5', 'consistent')
    expect(moves.orphanShare).toBeCloseTo(1 / 5, 12)
    expect(moves.collateralShare).toBe(0)
    expect(moves.orphansLand).toHaveLength(4)
    for (const { share } of moves.orphansLand) expect(share).toBeCloseTo(1 / 20, 12)
  })

  test('a restarted member gets its flows back', () => {
    const moves = predictChange(
      5,
      { kind: 'restart', member: 1, order: 'stop-then-start' },
      '4.5',
      'consistent',
    )
    expect(moves.collateralShare).toBe(0)
    expect(moves.successorShare).toBeCloseTo(1 / 5, 12)
  })

  test('of a blue/green replacement nobody moves before its own member closes', () => {
    const { steps } = predictChange(3, { kind: 'replace', manner: 'fifo' }, '4.5', 'consistent')
    const displaced = steps.map(({ displacedShare }) => displacedShare)
    for (const [i, share] of [0, 0, 0, 1 / 3, 2 / 3, 1].entries()) expect(displaced[i]).toBeCloseTo(share, 12)
  })

  test('any resize is what ranking simulated flows gives', () => {
    // Rendezvous hashing by brute force: all orders of five members, each as likely.
    const orders = permutations([0, 1, 2, 3, 4])
    for (const [from, to] of [
      [2, 5],
      [5, 2],
      [3, 4],
    ] as const) {
      const moved = orders.filter(
        (order) => order.find((member) => member < from) !== order.find((member) => member < to),
      )
      const { movedShare } = predictChange(from, { kind: 'resize', to }, '4.5', 'consistent')
      expect(movedShare).toBeCloseTo(moved.length / orders.length, 12)
    }
  })
})

describe('steering sticky', () => {
  test('no flow moves when a member joins', () => {
    const moves = predictChange(4, { kind: 'resize', to: 6 }, '4.5', 'sticky')
    expect(moves.staysShare).toBe(1)
    expect(moves.orphansLand).toEqual([])
  })

  test('never moves a flow whose member lives', () => {
    for (const change of [
      { kind: 'resize', to: 2 },
      { kind: 'remove', member: 0 },
      { kind: 'restart', member: 2, order: 'stop-then-start' },
      { kind: 'restart', member: 2, order: 'start-then-stop' },
    ] as const) {
      expect(predictChange(5, change, '4.5', 'sticky').collateralShare).toBe(0)
    }
  })

  test('flows of a member restarted by stop-then-start stay where they fled to', () => {
    const moves = predictChange(5, { kind: 'restart', member: 2, order: 'stop-then-start' }, '4.5', 'sticky')
    expect(moves.successorShare).toBe(0)
    expect(moves.orphansLand.map(({ member }) => member)).toEqual([0, 1, 3, 4])
  })

  test('start-then-stop hands them to the successor', () => {
    const moves = predictChange(5, { kind: 'restart', member: 2, order: 'start-then-stop' }, '4.5', 'sticky')
    expect(moves.successorShare).toBeCloseTo(1 / 5, 12)
  })

  test('accounts for every flow along a rolling replacement', () => {
    const steps = stepsOf(freshGroup(4), { kind: 'replace', manner: 'rolling', order: 'stop-then-start' })
    for (const weights of stickyWeights(freshGroup(4), steps)) {
      let total = 0
      weights.forEach((_from, _to, weight) => {
        total += weight
      })
      expect(total).toBeCloseTo(weights.total, 12)
    }
  })
})

test('steering random: where a flow was says nothing of where it goes', () => {
  const moves = predictChange(4, { kind: 'resize', to: 5 }, '4.5', 'random')
  expect(moves.staysShare).toBeCloseTo(1 / 5, 12)
  expect(moves.transitions.flat().every((share) => share === 1 / 20)).toBe(true)
})

describe('along the way', () => {
  test('half of the flows are misplaced while old and new member overlap', () => {
    const { steps } = predictChange(
      6,
      { kind: 'restart', member: 1, order: 'start-then-stop' },
      '4.5',
      'hash',
    )
    expect(steps.map(({ members }) => members)).toEqual([7, 6])
    expect(steps[0]!.displacedShare).toBe(0.5)
    expect(steps[1]!.displacedShare).toBeCloseTo(1 / 6, 12)
  })

  test('a group of one that stops first serves nobody for a while', () => {
    for (const steering of ['hash', 'consistent', 'sticky', 'random'] as const) {
      const moves = predictChange(
        1,
        { kind: 'restart', member: 0, order: 'stop-then-start' },
        '4.5',
        steering,
      )
      expect(moves.steps.map(({ members, displacedShare }) => [members, displacedShare])).toEqual([
        [0, 1],
        [1, 1],
      ])
      expect(moves.successorShare).toBe(1)
    }
  })
})

describe('rules', () => {
  test('3.9 is simulated and says over how many hashes', () => {
    const moves = predictChange(4, { kind: 'resize', to: 5 }, '3.9', 'hash')
    expect(moves).toMatchObject({ method: 'simulated', hashes: 262_144 })
    expect(Math.abs(moves.movedShare - 0.95)).toBeLessThan(0.002)
  })

  test('3.8 is exact: the newest socket has everything', () => {
    const moves = predictChange(4, { kind: 'resize', to: 5 }, '3.8', 'hash')
    expect(moves.method).toBe('exact')
    expect(moves.collateralShare).toBe(1)
    expect(moves.transitions[3]).toEqual([0, 0, 0, 0, 1])
  })
})

test('every prediction fits the published schema', () => {
  const changes = [
    { kind: 'resize', to: 7 },
    { kind: 'resize', to: 2 },
    { kind: 'remove', member: 1 },
    { kind: 'restart', member: 0, order: 'stop-then-start' },
    { kind: 'restart', member: 0, order: 'start-then-stop' },
    { kind: 'replace', manner: 'fifo' },
    { kind: 'replace', manner: 'reverse' },
    { kind: 'replace', manner: 'rolling', order: 'stop-then-start' },
    { kind: 'replace', manner: 'rolling', order: 'start-then-stop' },
  ] as const
  for (const change of changes) {
    for (const steering of ['hash', 'consistent', 'sticky', 'random'] as const) {
      const prediction = predictChange(5, change, '4.5', steering)
      expect(predictResult.parse({ ...HEADER, ...prediction })).toEqual({ ...HEADER, ...prediction })
      expect(prediction.transitions.flat().reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    }
    predictResult.parse({ ...HEADER, ...predictChange(5, change, '3.9', 'hash') })
    predictResult.parse({ ...HEADER, ...predictChange(5, change, '3.8', 'hash') })
  }
  predictResult.parse({ ...HEADER, ...predictSpreadOf(4, 10_000, '4.5') })
})

describe('what cannot be is refused in one sentence', () => {
  test.each([
    [0, { kind: 'resize', to: 3 }, 'A group of 0 members cannot be predicted: use 1 to 256.'],
    [3, { kind: 'resize', to: 0 }, 'A group of 0 members cannot be predicted: use 1 to 256.'],
    [257, { kind: 'remove', member: 0 }, 'A group of 257 members cannot be predicted: use 1 to 256.'],
    [4, { kind: 'resize', to: 4 }, 'From 4 to 4 members nothing changes: use another --to.'],
    [4, { kind: 'remove', member: 4 }, 'There is no member 4 to remove: the group has members 0 to 3.'],
    [1, { kind: 'restart', member: -1, order: 'stop-then-start' }, 'the group has only member 0.'],
    [
      1,
      { kind: 'remove', member: 0 },
      'Without its only member there is no group left: use --from 2 or more.',
    ],
  ] as const)('from %i: %j', (from, change, message) => {
    expect(() => predictChange(from, change, '4.5', 'hash')).toThrow(message)
  })

  test('steering on a kernel that takes no program', () => {
    expect(() => predictChange(4, { kind: 'resize', to: 5 }, '3.9', 'sticky')).toThrow(
      'no kernel before 4.5 takes',
    )
  })
})

describe('spread', () => {
  test.each([
    [2, 1],
    [2, 2],
    [2, 10],
    [4, 4],
    [4, 16],
    [6, 7],
    [16, 40],
    [16, 44],
    [16, 45],
    [16, 200],
    [64, 150],
    [64, 270],
    [64, 600],
  ])('%i members, %i flows: the chance of an idle member is the exact one', (members, flows) => {
    const probability = idleMemberProbability(members, flows)
    const exact = exactIdleProbability(members, flows)
    expect(Math.abs(probability - exact)).toBeLessThan(1e-12)
  })

  test('stays a probability where plain inclusion–exclusion would not', () => {
    let previous = 1
    for (let flows = 1_000; flows <= 40_000; flows += 1_000) {
      const probability = idleMemberProbability(1_000, flows)
      expect(probability).toBeGreaterThanOrEqual(0)
      expect(probability).toBeLessThanOrEqual(previous)
      previous = probability
    }
  })

  test('max/mean is the band of a fair hash (docs/method.md)', () => {
    const { maxOverMean, idleMemberProbability: idle } = predictSpread('4.5', 4, 10_000)
    expect(maxOverMean.expected).toBeCloseTo(1.021, 2)
    expect(maxOverMean.p95).toBeCloseTo(1.039, 2)
    expect(maxOverMean.p99).toBeCloseTo(1.049, 2)
    expect(idle).toBeLessThan(1e-300)
  })

  test('before 3.9 one member gets everything', () => {
    expect(predictSpread('3.8', 4, 100)).toEqual({
      maxOverMean: { expected: 4, p95: 4, p99: 4 },
      idleMemberProbability: 1,
    })
    expect(predictSpread('3.8', 1, 100).idleMemberProbability).toBe(0)
  })
})

/** Inclusion–exclusion in whole numbers: Σ_{j≥1} (−1)^(j+1) C(k, j) (k − j)^N / k^N. */
function exactIdleProbability(members: number, flows: number): number {
  const power = BigInt(flows)
  let choose = 1n
  let sum = 0n
  for (let j = 1; j < members; j++) {
    choose = (choose * BigInt(members - j + 1)) / BigInt(j)
    const term = choose * BigInt(members - j) ** power
    sum += j % 2 === 1 ? term : -term
  }
  const scale = 10n ** 18n
  return Number((sum * scale) / BigInt(members) ** power) / 1e18
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}
