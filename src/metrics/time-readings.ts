import {
  LEG_FIGURES,
  LEG_NAMES,
  TIME_FIGURE_NAMES,
  TIME_FIGURES,
  TIME_NAMES,
  type TIME_METRICS,
  type TimeFigure,
} from '../plan/metrics/latency.js'
import type { LatencySummary } from '../result/latency.js'
import { formatCount } from '../units/format.js'
import { formatMeasure } from '../units/measure.js'
import { dueAndMissed } from '../result/due-and-missed.js'
import { exactly, type Bounds, type Reader, type Readers, type Reading } from './reading.js'

/** Values beyond a percentile, below which the percentile is a matter of a few of them. */
const LEAST_BEYOND = 10

/** A figure of a summary of times. A percentile tells less the fewer values are beyond it. */
export function timeReading(
  summary: LatencySummary | undefined,
  figure: TimeFigure,
  of: 'requests' | 'connections' = 'requests',
): Reading | undefined {
  if (summary === undefined) return undefined
  const { key, beyond } = TIME_FIGURES[figure]
  const reading = exactly(summary[key], summary.count, of)
  if (reading === undefined || beyond === undefined || beyond === 0) return reading
  return { ...reading, bounds: () => percentileBounds(summary, figure, reading.value, of) }
}

function percentileBounds(summary: LatencySummary, figure: TimeFigure, value: number, of: string): Bounds {
  const { key, beyond } = TIME_FIGURES[figure]
  const { confidence } = summary
  const known = confidence && key in confidence ? confidence[key as keyof typeof confidence] : undefined
  const { lowNs, highNs } = known ?? { lowNs: value, highNs: value }
  const few = summary.count * (beyond ?? 1) < LEAST_BEYOND
  return {
    // Of an old result nothing is known of how sure it is.
    low: few && !known ? 0 : (lowNs ?? 0),
    high: few ? Infinity : (highNs ?? Infinity),
    ...(few && {
      doubt: `${formatCount(summary.count)} ${of} are too few for ${figure}: with ${LEAST_BEYOND} beyond it, it takes ${formatCount(LEAST_BEYOND / (beyond ?? 1))}`,
    }),
  }
}

/**
 * A time of all requests that were due. One without a reply in time counts as slower than any limit, as it does in a search for
 * capacity: a percentile is beyond every limit when more than its share got none.
 */
function ofAllDue(
  reading: Reading | undefined,
  figure: TimeFigure,
  { due, missed }: { due: number; missed: number },
): Reading | undefined {
  const { beyond } = TIME_FIGURES[figure]
  if (reading === undefined || beyond === undefined || due === 0 || missed / due <= beyond) return reading
  const share = formatMeasure(missed / due, 'share')
  return {
    ...reading,
    bounds: () => ({
      low: Infinity,
      high: Infinity,
      doubt: `${share} of the requests got no reply in time, and count as slower than any limit; the figure is that of the others`,
    }),
  }
}

type Name = keyof typeof TIME_METRICS

function entries(): [Name, Reader][] {
  return [
    ...TIME_NAMES.flatMap((time): [Name, Reader][] => [
      ...TIME_FIGURE_NAMES.map((figure): [Name, Reader] => [
        `latency.${time}.${figure}`,
        (run) => ofAllDue(timeReading(run.latency?.[time], figure), figure, dueAndMissed(run.books ?? {})),
      ]),
      [
        `latency.${time}.p99.worstMember`,
        ({ members = [] }) =>
          members
            .flatMap(({ latency }) => timeReading(latency?.[time], 'p99') ?? [])
            .toSorted((a, b) => b.value - a.value)[0],
      ],
    ]),
    ...TIME_FIGURE_NAMES.map((figure): [Name, Reader] => [
      `latency.connect.${figure}`,
      (run) => timeReading(run.latency?.connect, figure, 'connections'),
    ]),
    ...LEG_NAMES.flatMap((leg) =>
      LEG_FIGURES.map((figure): [Name, Reader] => [
        `leg.${leg}.${figure}`,
        ({ legs }) => timeReading(legs?.[leg], figure),
      ]),
    ),
    ['lag.p99', ({ schedule }) => timeReading(schedule?.lag, 'p99')],
  ]
}

export const TIME_READERS = Object.fromEntries(entries()) as Readers<Name>
