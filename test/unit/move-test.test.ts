import { describe, expect, it } from 'vitest'
import { testMoves } from '../../src/analysis/churn/move-test.js'

const moves = (stayed: number, orphans: number, collateral: number): Parameters<typeof testMoves>[0] => ({
  stayed,
  orphans,
  collateral,
  flows: stayed + orphans + collateral,
})

describe('the test of a change against its prediction', () => {
  // scipy.stats.chisquare(observed, expected).pvalue, scipy 1.17.1
  it.each([
    [moves(1059, 0, 941), { orphanShare: 0, collateralShare: 0.5 }, 0.008325891308265571, true],
    [moves(625, 434, 941), { orphanShare: 0.2, collateralShare: 0.5 }, 0.024567438934959312, true],
    [moves(400, 0, 600), { orphanShare: 0, collateralShare: 0.5 }, 2.5396285894708634e-10, false],
  ])('is Pearson’s χ² over what can happen', (seen, predicted, pValue, agrees) => {
    const test = testMoves(seen, predicted)
    expect(test.pValue / pValue).toBeCloseTo(1, 9)
    expect(test.agrees).toBe(agrees)
  })

  // Twice the smaller tail of scipy.stats.binom, at most 1; times three where three cells are tested.
  it.each([
    [moves(20, 12, 8), { orphanShare: 0.1, collateralShare: 0.4 }, 0.002285005600418057],
    [moves(3, 9, 0), { orphanShare: 0.25, collateralShare: 0 }, 0.0007833242416381836],
  ])('is exact where few flows are expected', (seen, predicted, pValue) =>
    expect(testMoves(seen, predicted).pValue / pValue).toBeCloseTo(1, 9),
  )

  it.each([
    ['an orphan although every process lives', moves(999, 1, 0), { orphanShare: 0, collateralShare: 0 }],
    ['collateral where none may be', moves(749, 250, 1), { orphanShare: 0.25, collateralShare: 0 }],
    ['a flow that stayed though all had to go', moves(1, 999, 0), { orphanShare: 1, collateralShare: 0 }],
  ])('is failed by %s', (_name, seen, predicted) =>
    expect(testMoves(seen, predicted)).toEqual({ pValue: 0, agrees: false }),
  )

  it('is passed by what had to happen', () => {
    expect(testMoves(moves(1000, 0, 0), { orphanShare: 0, collateralShare: 0 })).toEqual({
      pValue: 1,
      agrees: true,
    })
    expect(testMoves(moves(0, 1000, 0), { orphanShare: 1, collateralShare: 0 })).toEqual({
      pValue: 1,
      agrees: true,
    })
  })

  it('takes no share for possible that is only a rounding away from 0', () => {
    const predicted = { orphanShare: 0.1 + 0.2, collateralShare: 0.7 }
    expect(testMoves(moves(0, 300, 700), predicted).pValue).toBeCloseTo(1, 9)
    expect(testMoves(moves(1, 299, 700), predicted)).toEqual({ pValue: 0, agrees: false })
  })

  it('says nothing where there is nothing', () =>
    expect(testMoves(moves(0, 0, 0), { orphanShare: 0.2, collateralShare: 0.3 }).pValue).toBe(1))
})
