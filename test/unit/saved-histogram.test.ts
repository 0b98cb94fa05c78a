import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { encodeIntoCompressedBase64, build } from 'hdr-histogram-js'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { encodeHistogram } from '../../src/stats/hdr-encoding.js'
import { Histogram } from '../../src/stats/histogram.js'
import { SavedHistogram, type EncodedHistogram } from '../../src/stats/saved-histogram.js'

const QUANTILES = [0.5, 0.9, 0.99, 0.999]
const READER = fileURLToPath(new URL('hdr-v2.py', import.meta.url))

/** What a reader that is not JavaScript finds in a histogram. */
interface Read {
  offset: number
  digits: number
  lowest: number
  highest: number
  ratio: number
  cells: [highest: number, count: number][]
}

function readInPython(texts: readonly string[]): Read[] {
  const { stdout, stderr, status } = spawnSync('python3', [READER], {
    input: texts.map((text) => `${text}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Read)
}

const python = spawnSync('python3', ['--version']).status === 0

/** Values spread evenly over the orders of magnitude up to `most`. */
function randomValues(count: number, most: number, seed: number): number[] {
  const random = xoroshiro128plus(seed)
  return Array.from({ length: count }, () => Math.round(Math.exp(uniformFloat64(random) * Math.log(most))))
}

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

function encoded(histogram: Histogram): EncodedHistogram {
  const { count, min, max, data } = histogram
  return { hdr: encodeHistogram(data), count, min, max }
}

/** The cells that are not empty, each by the highest value in it. */
function cellsOf(values: readonly number[]): [number, number][] {
  const cells = new Map<number, number>()
  for (const value of values) {
    // The cell of a value alone, with one far above it, so that the quantile is the cell's end and not the maximum.
    const [highest] = histogramOf([value, 2 ** 50]).quantiles([0.5])
    cells.set(highest!, (cells.get(highest!) ?? 0) + 1)
  }
  return [...cells].toSorted(([a], [b]) => a - b)
}

/** One cell with more counts than 32 bits hold, as histograms that were added up may have. */
function crowded(): Histogram {
  const part = new Histogram({ pages: [], count: 0, sum: 0, min: 0, max: 0 })
  part.record(700)
  const pages = part.data.pages.map((page) => page && page.map((count) => count * (2 ** 32 - 1)))
  return new Histogram({ pages, count: 2 ** 32 - 1, sum: 700 * (2 ** 32 - 1), min: 700, max: 700 })
}

const SAMPLES: [name: string, values: number[]][] = [
  ['no values', []],
  ['0 alone', [0]],
  ['a single empty cell between two', [1, 3]],
  ['the last value of a page, and the first of the next', [1023, 1024, 2047, 2048, 4095, 4096]],
  ['2,000 values up to 10 s', randomValues(2_000, 10e9, 1)],
  ['values beyond an hour', [5, ...randomValues(100, 2 ** 44, 2), 2 ** 45]],
]

describe('an encoded histogram', () => {
  it.runIf(python)('is read by others: the header, and every cell', () => {
    const read = readInPython(SAMPLES.map(([, values]) => encodeHistogram(histogramOf(values).data)))
    expect(read).toHaveLength(SAMPLES.length)
    for (const [i, [name, values]] of SAMPLES.entries()) {
      const most = Math.max(0, ...values) > 3.6e12 ? Number.MAX_SAFE_INTEGER : 3.6e12
      expect(read[i], `of ${name}`).toEqual({
        offset: 0,
        digits: 3,
        lowest: 1,
        highest: most,
        ratio: 1,
        cells: cellsOf(values),
      })
    }
  })

  it.runIf(python)('holds counts of more than 31 bits', () => {
    const [read] = readInPython([encodeHistogram(crowded().data)])
    expect(read!.cells).toEqual([[700, 2 ** 32 - 1]])
  })

  it.runIf(python)('differs in its header from what hdr-histogram-js writes, which others refuse', () => {
    const theirs = build({ highestTrackableValue: 3.6e12, numberOfSignificantValueDigits: 3 })
    theirs.recordValue(700)
    const [read] = readInPython([encodeIntoCompressedBase64(theirs)])
    // Once this fails, their encoder is mended, and ours can go.
    expect(read).toMatchObject({ offset: 1, ratio: 5e-324 })
  })
})

describe('a saved histogram', () => {
  it.each(SAMPLES)('of %s has the percentiles of the one that was saved', (_name, values) => {
    const histogram = histogramOf(values)
    const saved = new SavedHistogram([encoded(histogram)])
    expect(saved.quantiles(QUANTILES)).toEqual(histogram.quantiles(QUANTILES))
    expect(saved.count).toBe(values.length)
    expect(saved.max).toBe(values.length === 0 ? undefined : Math.max(...values))
    expect(saved.min).toBe(values.length === 0 ? undefined : Math.min(...values))
  })

  it('is added to others as if all had been recorded in one', () => {
    const parts = [randomValues(5000, 1e7, 3), [], randomValues(31, 1e10, 4), [2 ** 46], [7]]
    const saved = new SavedHistogram(parts.map((values) => encoded(histogramOf(values))))
    const whole = histogramOf(parts.flat())
    expect(saved.quantiles([0, 0.1, ...QUANTILES, 1])).toEqual(whole.quantiles([0, 0.1, ...QUANTILES, 1]))
    expect([saved.count, saved.min, saved.max]).toEqual([whole.count, whole.min, whole.max])
  })

  it('does not wrap where counts pass 32 bits', () => {
    const saved = new SavedHistogram([encoded(crowded()), encoded(crowded()), encoded(histogramOf([900]))])
    expect(saved.count).toBe(2 * (2 ** 32 - 1) + 1)
    expect(saved.quantiles([0.5, 1])).toEqual([700, 900])
  })

  it('is refused where it does not hold what it should', () => {
    const saved = encoded(histogramOf([1, 2, 3]))
    expect(() => new SavedHistogram([{ ...saved, count: 4 }])).toThrow('holds 3 values, and should hold 4')
    expect(() => new SavedHistogram([{ ...saved, hdr: 'AAAA' }])).toThrow('cannot be read')
  })
})
