import { build, decodeFromCompressedBase64, type JsHistogram } from 'hdr-histogram-js'
import { SIGNIFICANT_DIGITS, USUAL_MOST } from './hdr-encoding.js'

/** Counts as `encodeHistogram` writes them, with what they do not hold: the exact least and greatest value. */
export interface EncodedHistogram {
  hdr: string
  count: number
  min: number
  max: number
}

/** Counts above 2^32 must not wrap, which they do in the narrower cells that are usual. */
const CELL_BITS = 64
/** Lines of a distribution in each half of what is left to 100 %, as HdrHistogram's own tools have it. */
const TICKS_PER_HALF = 5

/**
 * Saved histograms, read again and added up: percentiles of many are those of their counts, never averages. This module
 * loads hdr-histogram-js; import it where a saved histogram is at hand, not before.
 */
export class SavedHistogram {
  readonly #histogram = build({
    bitBucketSize: CELL_BITS,
    // As wide as those that are read, which are then added cell by cell; it grows where one is wider.
    highestTrackableValue: USUAL_MOST,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
  }) as JsHistogram
  #min = Number.MAX_SAFE_INTEGER
  #max = 0

  constructor(parts: Iterable<EncodedHistogram> = []) {
    for (const part of parts) this.add(part)
  }

  /** @throws Error where `hdr` cannot be read, or does not hold `count` values */
  add({ hdr, count, min, max }: EncodedHistogram): void {
    const read = decoded(hdr)
    if (read.totalCount !== count)
      throw new Error(`the histogram holds ${read.totalCount} values, and should hold ${count}`)
    if (count === 0) return
    this.#histogram.add(read)
    this.#min = Math.min(this.#min, min)
    this.#max = Math.max(this.#max, max)
    // An encoding knows only the cell of its greatest value.
    this.#histogram.maxValue = this.#max
  }

  get count(): number {
    return this.#histogram.totalCount
  }

  /** The exact least value; undefined of none. */
  get min(): number | undefined {
    return this.count === 0 ? undefined : this.#min
  }

  /** The exact greatest value; undefined of none. */
  get max(): number | undefined {
    return this.count === 0 ? undefined : this.#max
  }

  /** The values at these quantiles (0 to 1), as `Histogram.quantiles` gives them; none where nothing was recorded. */
  quantiles(quantiles: readonly number[]): number[] {
    if (this.count === 0) return []
    return quantiles.map((q) => Math.min(this.#max, this.#histogram.getValueAtPercentile(q * 100)))
  }

  /**
   * The percentile distribution, as `.hgrm` files hold it.
   * @param unit what a shown value of 1 stands for
   */
  distribution(unit: number): string {
    return this.#histogram.outputPercentileDistribution(TICKS_PER_HALF, unit)
  }
}

function decoded(hdr: string): JsHistogram {
  try {
    return decodeFromCompressedBase64(hdr, CELL_BITS) as JsHistogram
  } catch (cause) {
    throw new Error('the histogram cannot be read', { cause })
  }
}
