/** Values below this are counted exactly; above, each power of two is cut into 1024 cells: three significant digits. */
export const PAGE = 1024
const EXACT = 2 * PAGE

/** What remains of a histogram when it crosses a thread or is stored: counts by page, absent pages being zero. */
export interface HistogramData {
  pages: (Uint32Array | undefined)[]
  count: number
  sum: number
  min: number
  max: number
}

/** What is kept of a histogram where the counts themselves would be too much. */
export interface HistogramFigures {
  count: number
  min: number
  mean: number
  max: number
  /** values at the quantiles that were asked for; none where nothing was recorded */
  quantiles: number[]
}

/**
 * A log-linear histogram of non-negative integers, in the cells of HdrHistogram at three significant digits and
 * unit 1 (Gil Tene, hdrhistogram.org): relative width below 1/1024. Beside it the exact minimum, maximum and sum.
 * Pages are made when first touched: a loopback latency needs about eight of them, 4 KB each, so that 256
 * members times five quantities fit in memory.
 */
export class Histogram {
  readonly #pages: (Uint32Array | undefined)[]
  count: number
  sum: number
  min: number
  max: number

  constructor(data?: HistogramData) {
    this.#pages = data?.pages ?? []
    this.count = data?.count ?? 0
    this.sum = data?.sum ?? 0
    this.min = data?.min ?? Number.MAX_SAFE_INTEGER
    this.max = data?.max ?? 0
  }

  /** Records one value; what is below 0 (two clocks read in the wrong order) counts as 0. */
  record(value: number): void {
    const v = value > 0 ? Math.round(value) : 0
    this.count++
    this.sum += v
    if (v < this.min) this.min = v
    if (v > this.max) this.max = v
    let page = 0
    let cell = v
    if (v >= EXACT) {
      if (v < 2 ** 32) {
        // up to 4.3 s by bits, which takes a few ns; floor(log2 v) − 10
        page = 21 - Math.clz32(v)
        cell = v >>> page
      } else {
        page = Math.floor(Math.log2(v)) - 10
        cell = Math.floor(v / 2 ** page)
        // log2 rounds: a value just below a power of two may be taken for it.
        if (cell < PAGE) cell = Math.floor(v / 2 ** --page)
      }
    }
    const index = page * PAGE + cell
    const row = index >>> 10
    const counts = (this.#pages[row] ??= new Uint32Array(PAGE))
    counts[index & (PAGE - 1)]! += 1
  }

  /** Forgets all values, and keeps the memory for those to come. */
  clear(): void {
    for (const page of this.#pages) page?.fill(0)
    this.count = 0
    this.sum = 0
    this.min = Number.MAX_SAFE_INTEGER
    this.max = 0
  }

  /** Adds the counts of another histogram to this one. */
  add(other: HistogramData): void {
    other.pages.forEach((from, row) => {
      if (!from) return
      const to = (this.#pages[row] ??= new Uint32Array(PAGE))
      for (let i = 0; i < PAGE; i++) to[i]! += from[i]!
    })
    this.count += other.count
    this.sum += other.sum
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
  }

  /**
   * The values at several quantiles (0 to 1, ascending) in one walk: as HdrHistogram defines it, the highest
   * value that shares the cell of the ⌈q·count⌉-th smallest, but never above the exact maximum.
   */
  quantiles(ascending: readonly number[]): number[] {
    const found: number[] = []
    let seen = 0
    for (let row = 0; row < this.#pages.length; row++) {
      const counts = this.#pages[row]
      if (!counts) continue
      for (let i = 0; i < PAGE; i++) {
        if (counts[i] === 0) continue
        seen += counts[i]!
        while (
          found.length < ascending.length &&
          seen >= Math.max(1, Math.ceil(ascending[found.length]! * this.count))
        )
          found.push(Math.min(this.max, highestOfCell(row, i)))
      }
    }
    return found
  }

  /** Its figures, with the values at these quantiles (0 to 1, ascending). */
  figures(ascending: readonly number[]): HistogramFigures {
    const { count, min, max, sum } = this
    return { count, min, mean: count === 0 ? 0 : sum / count, max, quantiles: this.quantiles(ascending) }
  }

  /** Variance over squared mean, 0 without values: of the middles of the cells, so to the same three digits. */
  get squaredVariation(): number {
    if (this.sum === 0) return 0
    let squares = 0
    for (let row = 0; row < this.#pages.length; row++) {
      const counts = this.#pages[row]
      if (!counts) continue
      const width = row < 2 ? 1 : 2 ** (row - 1)
      for (let i = 0; i < PAGE; i++)
        if (counts[i] !== 0) squares += counts[i]! * (highestOfCell(row, i) - (width - 1) / 2) ** 2
    }
    return Math.max(0, (squares * this.count) / this.sum ** 2 - 1)
  }

  get data(): HistogramData {
    return { pages: this.#pages, count: this.count, sum: this.sum, min: this.min, max: this.max }
  }
}

function highestOfCell(row: number, i: number): number {
  if (row < 2) return row * PAGE + i
  const width = 2 ** (row - 1)
  return (PAGE + i + 1) * width - 1
}
