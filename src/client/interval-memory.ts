import type { ClientCounts } from '../recording/interval-reading.js'
import { Histogram, PAGE, type HistogramData } from '../stats/histogram.js'

/** The quantities that have a histogram an interval, in the order of QUANTITIES. */
export const TIMED = ['service', 'response'] as const

/** What a thread hands over when an interval ends. */
export interface HandedOver extends Record<(typeof TIMED)[number], HistogramData> {
  /** when it did, ns since the run's epoch */
  atNs: number
  counts: ClientCounts
}

const ASKED = 0
const HANDED = 1
const STILL = 2
const WORD_BYTES = 16

const HEAD = 5
const FIGURES = 4
/** Pages of a histogram here: the last holds values of six days. */
const ROWS = 40
const HEAD_BYTES = 8 * (HEAD + FIGURES * TIMED.length)
const CELL_BYTES = 4 * PAGE * ROWS
const BUFFER_BYTES = HEAD_BYTES + CELL_BYTES * TIMED.length

/** One of the two that take turns: one is written while the other is read, as in HdrHistogram's interval recorder. */
class Buffer {
  readonly head: Float64Array
  readonly pages: Uint32Array[][]

  constructor(memory: SharedArrayBuffer, offset: number) {
    this.head = new Float64Array(memory, offset, HEAD + FIGURES * TIMED.length)
    this.pages = TIMED.map((_, q) =>
      Array.from(
        { length: ROWS },
        (_row, row) => new Uint32Array(memory, offset + HEAD_BYTES + q * CELL_BYTES + row * 4 * PAGE, PAGE),
      ),
    )
  }

  /** Histograms that record into its cells, and go on from the figures in its head. */
  histograms(): Histogram[] {
    return this.pages.map((pages, q) => {
      const [count, sum, min, max] = this.#figures(q)
      // An array of its own: the histogram may add to it.
      const figures = count === 0 ? new Histogram().data : { count, sum, min, max }
      return new Histogram({ ...figures, pages: [...pages] })
    })
  }

  #figures(q: number): [count: number, sum: number, min: number, max: number] {
    const at = HEAD + FIGURES * q
    return [this.head[at]!, this.head[at + 1]!, this.head[at + 2]!, this.head[at + 3]!]
  }

  write(
    atNs: number,
    { sent, replied, late, givenUp }: ClientCounts,
    histograms: readonly Histogram[],
  ): void {
    this.head.set([atNs, sent, replied, late, givenUp])
    histograms.forEach(({ count, sum, min, max }, q) =>
      this.head.set([count, sum, min, max], HEAD + FIGURES * q),
    )
  }

  /** A copy of what it holds. Its histograms are empty then. */
  take(): HandedOver {
    const [atNs, sent, replied, late, givenUp] = this.head as unknown as [
      number,
      number,
      number,
      number,
      number,
    ]
    const [service, response] = TIMED.map((_, q) => this.#takeHistogram(q)) as [HistogramData, HistogramData]
    this.head.fill(0, HEAD)
    return { atNs, counts: { sent, replied, late, givenUp }, service, response }
  }

  #takeHistogram(q: number): HistogramData {
    const [count, sum, min, max] = this.#figures(q)
    if (count === 0) return new Histogram().data
    const pages: HistogramData['pages'] = []
    this.pages[q]!.forEach((page, row) => {
      if (page.every((cell) => cell === 0)) return
      pages[row] = page.slice()
      page.fill(0)
    })
    return { pages, count, sum, min, max }
  }
}

/**
 * Memory shared by the parent and one client thread, through which the thread hands over what it counted and recorded in an
 * interval. The thread looks in each turn of its loop whether it is asked to, so that a count and the histogram beside it
 * are of the same replies; one that waits at its barrier has handed in what it had, and the parent takes it there.
 */
export class IntervalMemory {
  readonly #words: Int32Array
  readonly #buffers: readonly [Buffer, Buffer]
  #active: readonly Histogram[] = []

  /** @param memory as `IntervalMemory.create()` made it */
  constructor(readonly memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, 0, WORD_BYTES / 4)
    this.#buffers = [new Buffer(memory, WORD_BYTES), new Buffer(memory, WORD_BYTES + BUFFER_BYTES)]
  }

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(WORD_BYTES + 2 * BUFFER_BYTES)
  }

  #word(word: number): number {
    return Atomics.load(this.#words, word)
  }

  #buffer(handed: number): Buffer {
    return this.#buffers[(handed & 1) as 0 | 1]
  }

  /** Thread: records the first `count` values of a quantity of TIMED; NaN is none. */
  record(quantity: number, values: Float64Array, count: number): void {
    const histogram = this.#active[quantity]!
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      if (value === value) histogram.record(value)
    }
  }

  /** Thread: whether an interval is to end. */
  get asked(): boolean {
    return this.#word(ASKED) !== this.#word(HANDED)
  }

  /** Thread: ends an interval, and begins the next. */
  handOver(atNs: number, counts: ClientCounts): void {
    const handed = this.#word(HANDED)
    this.#buffer(handed).write(atNs, counts, this.#active)
    Atomics.store(this.#words, HANDED, handed + 1)
    this.#active = this.#buffer(handed + 1).histograms()
  }

  /** Thread: counts nothing until it is let on, or ever again: the parent may take what there is. */
  rest(atNs: number, counts: ClientCounts): void {
    this.#buffer(this.#word(HANDED)).write(atNs, counts, this.#active)
    Atomics.store(this.#words, STILL, 1)
  }

  /** Thread: goes on, from where the parent left what it had handed in. */
  goOn(): void {
    this.#active = this.#buffer(this.#word(HANDED)).histograms()
  }

  /** Parent: lets it on; before the barrier is opened. */
  letOn(): void {
    Atomics.store(this.#words, STILL, 0)
  }

  /** Parent: asks for the end of an interval; not before the last one was taken. */
  ask(): void {
    Atomics.add(this.#words, ASKED, 1)
  }

  /** Parent: whether what was asked for can be taken. */
  get ready(): boolean {
    return !this.asked || this.#word(STILL) === 1
  }

  /** Parent: takes what was asked for. */
  take(): HandedOver {
    const asked = this.#word(ASKED)
    const taken = this.#buffer(asked - 1).take()
    if (this.asked) {
      // In place of the thread, which waits: it counts no further, and may be asked again before it goes on.
      this.#buffer(asked).write(taken.atNs, taken.counts, [])
      Atomics.store(this.#words, HANDED, asked)
    }
    return taken
  }
}
