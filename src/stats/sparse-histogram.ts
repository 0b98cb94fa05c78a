import { PAGE, type HistogramData } from './histogram.js'

/** A histogram as plain numbers: its cells that are not empty, each by how far it is from the one before, and its count. */
export interface SparseHistogram {
  steps: number[]
  counts: number[]
  count: number
  sum: number
  /** absent of a histogram without a value */
  min?: number
  max: number
}

/** All that a histogram holds, in as few numbers as that takes. */
export function sparse({ pages, count, sum, min, max }: HistogramData): SparseHistogram {
  const [steps, counts]: [number[], number[]] = [[], []]
  let last = 0
  for (let row = 0; row < pages.length; row++) {
    const page = pages[row]
    if (!page) continue
    for (let i = 0; i < PAGE; i++) {
      if (page[i] === 0) continue
      const cell = row * PAGE + i
      steps.push(cell - last)
      counts.push(page[i]!)
      last = cell
    }
  }
  return { steps, counts, count, sum, ...(count > 0 && { min }), max }
}

export const isSparse = (value: unknown): value is SparseHistogram =>
  typeof value === 'object' && value !== null && 'steps' in value && 'counts' in value

/** What `sparse` was made of. */
export function whole({ steps, counts, count, sum, min, max }: SparseHistogram): HistogramData {
  const pages: HistogramData['pages'] = []
  let cell = 0
  for (const [i, step] of steps.entries()) {
    cell += step
    const page = (pages[Math.floor(cell / PAGE)] ??= new Uint32Array(PAGE))
    page[cell % PAGE] = counts[i]!
  }
  return { pages, count, sum, min: min ?? Number.MAX_SAFE_INTEGER, max }
}
