import type { Figure } from '../../result/repeat-result.js'
import type { Reported } from './format.js'
import { subjectsOf } from './subject.js'

/** What Bencher takes of a benchmark's name. */
const MOST_NAME = 1024

/**
 * Bencher Metric Format: of each plan every metric that was measured, under its own name and in its own unit; several
 * measurements have bounds, as the interval of the median, or their range where they are too few for one.
 */
export function bencher(reported: readonly Reported[]): string {
  const benchmarks = subjectsOf(reported)
    .filter(({ figures }) => figures.length > 0)
    .map(({ name, figures }) => [
      Array.from(name).slice(0, MOST_NAME).join(''),
      Object.fromEntries(figures.map((figure) => [figure.metric, valueOf(figure)])),
    ])
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`
}

function valueOf({ median, min, max, n, interval }: Figure) {
  const { lower, upper } = interval ?? { lower: min, upper: max }
  return { value: median, ...(n > 1 && { lower_value: lower, upper_value: upper }) }
}
