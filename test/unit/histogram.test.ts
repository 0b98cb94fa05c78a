import { build } from 'hdr-histogram-js'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/stats/histogram.js'

const QUANTILES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1]

type Oracle = ReturnType<typeof build>

/** HdrHistogram as its authors have it, three significant digits, up to 2^53. */
function oracle(values: readonly number[]): Oracle {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: Number.MAX_SAFE_INTEGER,
    numberOfSignificantValueDigits: 3,
  })
  for (const value of values) histogram.recordValue(value)
  return histogram
}

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

/** What HdrHistogram says, except that nothing may lie above the greatest value recorded. */
function expectedQuantiles(histogram: Oracle, max: number): number[] {
  return QUANTILES.map((q) => Math.min(max, histogram.getValueAtPercentile(q * 100)))
}

/** Values spread evenly over the orders of magnitude up to `most`. */
function randomValues(count: number, most: number, seed: number): number[] {
  const random = xoroshiro128plus(seed)
  return Array.from({ length: count }, () => {
    const exponent = (uniformInt(random, 0, 1_000_000) / 1_000_000) * Math.log(most)
    return Math.max(1, Math.min(most, Math.round(Math.exp(exponent))))
  })
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('a histogram', () => {
  it.each([
    ['1 to 1e11', 20_011, 1e11],
    ['1 to 1e6', 10_007, 1e6],
    ['1 to 3000, about where counting stops to be exact', 10_007, 3000],
    ['1 to 2^45', 5003, 2 ** 45],
  ])('of random values from %s has the quantiles of HdrHistogram', (_name, count, most) => {
    for (const seed of [1, 2, 3]) {
      const values = randomValues(count, most, seed)
      const max = Math.max(...values)
      expect(histogramOf(values).quantiles(QUANTILES)).toEqual(expectedQuantiles(oracle(values), max))
    }
  })

  it('of few values has the quantiles of HdrHistogram, whatever their number', () => {
    for (let count = 1; count <= 60; count++) {
      const values = randomValues(count, 1e9, count)
      expect(histogramOf(values).quantiles(QUANTILES), `${count} values`).toEqual(
        expectedQuantiles(oracle(values), Math.max(...values)),
      )
    }
  })

  it('has the exact minimum, maximum, sum and count', () => {
    const values = randomValues(1000, 1e11, 7)
    const histogram = histogramOf(values)
    expect(histogram.min).toBe(Math.min(...values))
    expect(histogram.max).toBe(Math.max(...values))
    expect(histogram.sum).toBe(sum(values))
    expect(histogram.count).toBe(1000)
  })

  it('is exact below 2048', () => {
    const histogram = new Histogram()
    for (let value = 0; value < 2048; value++) histogram.record(value)
    const every = Array.from({ length: 2048 }, (_, i) => (i + 1) / 2048)
    expect(histogram.quantiles(every)).toEqual(Array.from({ length: 2048 }, (_, i) => i))
  })

  it.each(Array.from({ length: 43 }, (_, i) => i + 10))(
    'puts values around 2^%d into the cells of HdrHistogram',
    (exponent) => {
      const power = 2 ** exponent
      const width = Math.max(1, power / 1024)
      for (const value of [
        power - width - 1,
        power - width,
        power - 1,
        power,
        power + 1,
        power + width - 1,
        power + width,
        1.5 * power,
      ]) {
        // A greater value beside it, so that the first quantile is that of the cell and not the maximum.
        const [found] = histogramOf([value, Number.MAX_SAFE_INTEGER]).quantiles([0.5])
        expect(found, `${value}`).toBe(oracle([value]).getValueAtPercentile(100))
        expect(found! - value, `${value}`).toBeLessThanOrEqual(value / 1024)
      }
    },
  )

  it('counts what is below 0 as 0, and rounds to whole numbers', () => {
    const histogram = histogramOf([-5, -0.4, 0.4, 0.6])
    expect(histogram).toMatchObject({ count: 4, min: 0, max: 1, sum: 1 })
    expect(histogram.quantiles([0.75, 1])).toEqual([0, 1])
  })

  it('that is empty has no quantiles', () => expect(new Histogram().quantiles([0.5, 1])).toEqual([]))

  it('finds one quantile as it finds many', () => {
    const histogram = histogramOf(randomValues(500, 1e8, 3))
    const many = histogram.quantiles(QUANTILES)
    expect(QUANTILES.flatMap((q) => histogram.quantiles([q]))).toEqual(many)
  })
})

describe('histograms that are added', () => {
  const parts = [randomValues(700, 1e11, 4), randomValues(300, 1e4, 5), [], randomValues(1, 1e9, 6)]

  it('are as if all values had been recorded in one', () => {
    const merged = new Histogram()
    for (const part of parts) merged.add(histogramOf(part).data)
    const whole = histogramOf(parts.flat())
    expect(merged.quantiles(QUANTILES)).toEqual(whole.quantiles(QUANTILES))
    const { min, max, count } = merged
    expect({ min, max, count }).toEqual({ min: whole.min, max: whole.max, count: whole.count })
    expect(merged.sum).toBe(sum(parts.flat()))
    expect(merged.quantiles(QUANTILES)).toEqual(expectedQuantiles(oracle(parts.flat()), whole.max))
  })

  it('stay as they were when others are added to them', () => {
    const part = histogramOf([5, 7_000_000])
    const merged = new Histogram()
    merged.add(part.data)
    merged.add(part.data)
    merged.record(9)
    expect(part).toMatchObject({ count: 2, min: 5, max: 7_000_000 })
    expect(part.quantiles([0.5])).toEqual([5])
  })

  it('survive a thread: their data is all there is', () => {
    const histogram = histogramOf(parts[0]!)
    const copy = new Histogram(structuredClone(histogram.data))
    expect(copy.quantiles(QUANTILES)).toEqual(histogram.quantiles(QUANTILES))
    copy.record(3)
    expect(copy.count).toBe(histogram.count + 1)
  })
})
