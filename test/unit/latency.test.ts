import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/stats/histogram.js'
import { mergeHistograms, summarise } from '../../src/analysis/latency/latency.js'

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

const oneTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

describe('a latency summary', () => {
  it('has the exact extremes and mean, and percentiles by nearest rank', () =>
    expect(summarise(histogramOf(oneTo(1000)))).toEqual({
      count: 1000,
      minNs: 1,
      meanNs: 500.5,
      p50Ns: 500,
      p90Ns: 900,
      p99Ns: 990,
      p999Ns: 999,
      maxNs: 1000,
    }))

  it('of one value is that value everywhere', () => {
    const { count, ...figures } = summarise(histogramOf([123_456_789]))!
    expect(count).toBe(1)
    expect(new Set(Object.values(figures))).toEqual(new Set([123_456_789]))
  })

  it('of nothing is absent', () => {
    expect(summarise(new Histogram())).toBeUndefined()
    expect(summarise(mergeHistograms([]))).toBeUndefined()
  })

  it('of parts is that of the whole: a slow tenth shows in p99 and not as an average', () => {
    const fast = histogramOf(Array.from({ length: 900 }, () => 100))
    const slow = histogramOf(Array.from({ length: 100 }, () => 1_000_000))
    const merged = summarise(mergeHistograms([fast.data, slow.data]))!
    expect(merged).toMatchObject({ count: 1000, p50Ns: 100, p90Ns: 100, p99Ns: 1_000_000, minNs: 100 })
    expect(merged.meanNs).toBe(100_090)
  })
})
