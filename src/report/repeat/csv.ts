import { stringify } from 'csv-stringify/sync'
import type { Repetition, RepeatResult } from '../../result/repeat-result.js'
import { LATENCY_FIGURES } from '../run/members-csv.js'
import { lossShareOf, resultOf, outcomeOf, type Measured } from './repetition.js'

type Cell = string | number | undefined

const OWN: readonly [name: string, cell: (repetition: Repetition) => Cell][] = [
  ['repetition', ({ index }) => index],
  ['seed', ({ seed }) => seed],
  ['wall ns', ({ wallNs }) => wallNs],
  ['outcome', outcomeOf],
  ['error', ({ error }) => error?.code],
]

const FIGURES: readonly [name: string, cell: (measured: Measured) => Cell][] = [
  ['round trips per second', ({ throughput }) => throughput.roundTripsPerSecond],
  ['achieved per second', ({ throughput }) => throughput.achievedPerSecond],
  ['loss share', lossShareOf],
  ['sent', ({ books }) => books.sent],
  ['replied', ({ books }) => books.replied],
  ['lost', ({ books }) => books.lost],
  ['late', ({ books }) => books.late],
  ['unexplained', ({ books }) => books.unexplained],
  ['max over mean of flows', ({ balance }) => balance?.maxOverMean],
  ['chi-square', ({ balance }) => balance?.chiSquare],
  ['p', ({ balance }) => balance?.pValue],
  ...(['service', 'response'] as const).flatMap((kind) =>
    LATENCY_FIGURES.map(([name, key]): [string, (measured: Measured) => Cell] => [
      `${kind} ${name} ns`,
      ({ latency }) => latency?.[kind]?.[key],
    ]),
  ),
]

/** One row per repetition, in the order of time. What was not measured is empty; times are in nanoseconds. */
export function repetitionsCsv({ repetitions }: RepeatResult): string {
  return stringify([
    [...OWN, ...FIGURES].map(([name]) => name),
    ...repetitions.map((repetition) => {
      const measured = resultOf(repetition)
      return [
        ...OWN.map(([, cell]) => cell(repetition)),
        ...FIGURES.map(([, cell]) => measured && cell(measured)),
      ]
    }),
  ])
}
