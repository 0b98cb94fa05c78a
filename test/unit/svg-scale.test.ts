import { describe, expect, test } from 'vitest'
import { fitting, spreadApart, textWidth } from '../../src/report/svg/labels.js'
import { linearScale, linearTicks, logScale, logTicks, percentileScale } from '../../src/report/svg/scale.js'
import { uniforms } from '../../src/stats/random.js'

describe('ticks', () => {
  test.each([
    [[0, 100], 6, 0, [0, 20, 40, 60, 80, 100]],
    [[0, 1], 6, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0.93, 1.07], 5, 0, [0.95, 1, 1.05]],
    [[-3, 3], 7, 0, [-3, -2, -1, 0, 1, 2, 3]],
    [[0, 3], 6, 1, [0, 1, 2, 3]],
    [[0, 156_119], 6, 0, [0, 50_000, 100_000, 150_000]],
    [[5, 5], 6, 0, [5]],
  ] as const)(
    'are multiples of 1, 2 or 5: %j, at most %i, steps of at least %i',
    (domain, most, least, ticks) => {
      expect(linearTicks(domain, most, least)).toEqual(ticks)
    },
  )

  test.each([
    [[1, 1000], 7, [1, 3, 10, 30, 100, 300, 1000]],
    [[1, 1000], 4, [1, 10, 100, 1000]],
    [[2e5, 9e6], 7, [2e5, 5e5, 1e6, 2e6, 5e6]],
    [[1, 1e12], 5, [1, 1e3, 1e6, 1e9, 1e12]],
    [[31, 33], 6, [31, 31.5, 32, 32.5, 33]],
  ] as const)(
    'of ratios are powers of ten, with what fits between: %j, at most %i',
    (domain, most, ticks) => {
      expect(logTicks(domain, most)).toEqual(ticks)
    },
  )

  test('are inside the domain, ascend, and are no more than asked for', () => {
    const random = uniforms(7)
    for (let i = 0; i < 300; i++) {
      const low = (random() - 0.3) * 10 ** Math.floor(random() * 12 - 4)
      const high = low + random() * 10 ** Math.floor(random() * 12 - 4)
      const ticks = linearTicks([low, high], 6)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.toSorted((a, b) => a - b)).toEqual(ticks)
      const slack = (high - low) * 1e-6
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(low - slack)
        expect(tick).toBeLessThanOrEqual(high + slack)
      }
    }
  })
})

describe('scales', () => {
  test('place values in proportion, or by ratio, and keep what is outside at the end', () => {
    const linear = linearScale([0, 10], [200, 0])
    expect([0, 5, 10, 11, -1].map((value) => linear.place(value))).toEqual([200, 100, 0, 0, 200])
    const log = logScale([1, 100], [0, 100])
    expect(log.place(10)).toBeCloseTo(50, 9)
    expect(log.place(0)).toBe(0)
  })

  test('give each further nine the same room, the tail to the right', () => {
    const scale = percentileScale(0.9999, [0, 400])
    expect([0, 0.9, 0.99, 0.999, 0.9999, 1].map((q) => Math.round(scale.place(q)))).toEqual([
      0, 100, 200, 300, 400, 400,
    ])
    expect(scale.ticks).toEqual([0, 0.5, 0.9, 0.99, 0.999, 0.9999])
  })

  test('of one value have it in their middle', () => {
    expect(linearScale([4, 4], [0, 100]).place(4)).toBe(50)
    expect(linearScale([0, 0], [0, 100]).place(0)).toBe(50)
  })
})

describe('labels', () => {
  test('are moved apart only as far as they must, and stay in the room', () => {
    expect(spreadApart([10, 50, 90], 12, [0, 100])).toEqual([10, 50, 90])
    expect(spreadApart([50, 50, 50], 10, [0, 100])).toEqual([50, 60, 70])
    expect(spreadApart([98, 99, 100], 10, [0, 100])).toEqual([80, 90, 100])
    expect(spreadApart([70, 20], 10, [0, 100])).toEqual([70, 20])
  })

  test('that would run into another are not written, but the first and the last are', () => {
    const labels = [0, 10, 60, 100].map((place) => ({ at: place, text: '1,000' }))
    expect(fitting(labels)).toEqual([true, false, true, true])
    expect(textWidth('1,000')).toBeGreaterThan(25)
  })
})
