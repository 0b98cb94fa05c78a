import { describe, expect, it } from 'vitest'
import { holmAdjust } from '../../src/stats/holm.js'

describe('the Holm adjustment', () => {
  it('multiplies the k-th smallest p by the number of those not smaller', () => {
    // by hand: 0.01·4, 0.03·2 kept at the step before it, 0.04·1, 0.005·4 …
    const adjusted = holmAdjust([0.01, 0.04, 0.03, 0.005])
    const expected = [0.03, 0.06, 0.06, 0.02]
    for (const [index, p] of expected.entries()) expect(adjusted[index]).toBeCloseTo(p, 15)
  })

  it('keeps the order of the p-values, and never exceeds 1', () => {
    expect(holmAdjust([0.9, 0.6, 0.7])).toEqual([1, 1, 1])
    expect(holmAdjust([0.5])).toEqual([0.5])
    expect(holmAdjust([])).toEqual([])
  })

  it('leaves its input alone', () => {
    const pValues = [0.2, 0.1]
    holmAdjust(pValues)
    expect(pValues).toEqual([0.2, 0.1])
  })
})
