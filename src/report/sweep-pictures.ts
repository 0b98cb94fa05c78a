import { pointLabel } from '../plan/sweep-plan.js'
import type { SweepResult } from '../result/sweep-result.js'
import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import { drawChart, MOST_SERIES, type Chart } from './chart.js'
import type { Style } from './style.js'

interface Figure {
  title: string
  format: (value: number) => string
  from?: number
  /** of a point, by its index */
  valueAt: (result: SweepResult, point: number) => number | undefined
}

const median =
  (name: 'roundTripsPerSecond' | 'p99Ns' | 'lossShare' | 'flowsMaxOverMean' | 'deliveredMaxOverMean') =>
  ({ points }: SweepResult, point: number): number | undefined =>
    points[point]?.summary?.[name]?.median

const ratio = (value: number): string => value.toFixed(2)

const FIGURES: readonly Figure[] = [
  { title: 'round trips/s', format: formatCount, from: 0, valueAt: median('roundTripsPerSecond') },
  { title: 'p99', format: formatDuration, valueAt: median('p99Ns') },
  {
    title: 'loss',
    format: (share) => formatPercent(share, share < 0.01 ? 2 : 1),
    from: 0,
    valueAt: median('lossShare'),
  },
  { title: 'max/mean of flows', format: ratio, from: 1, valueAt: median('flowsMaxOverMean') },
  { title: 'max/mean of replies', format: ratio, from: 1, valueAt: median('deliveredMaxOverMean') },
]

const CAPACITY: readonly Figure[] = [
  {
    title: 'capacity, requests/s',
    format: formatCount,
    from: 0,
    valueAt: ({ capacity = [] }, point) => capacity[point]?.lowerHz,
  },
]

/** The factor of each ending; only the order and the proportions of values of one flag matter here. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
}

/** A value as `run` reads it → a number to place it by; undefined for a word. */
function numberOf(text: string): number | undefined {
  const [, number = '', unit = ''] = /^([\d._e]+)\s*([A-Za-zµ]*)$/.exec(text) ?? []
  const value = Number(number.replaceAll('_', '') || Number.NaN) * (UNITS[unit] ?? Number.NaN)
  return Number.isNaN(value) ? undefined : value
}

/** The axis to draw along: that of the rate, or else the one with the most values; undefined where all are words. */
export function sweptAxis({ plan: { axes } }: Pick<SweepResult, 'plan'>): string | undefined {
  const numeric = axes.filter(({ values }) => values.every((value) => numberOf(value) !== undefined))
  const longest = numeric.toSorted((a, b) => b.values.length - a.values.length)[0]
  return (numeric.find(({ flag }) => flag === 'rate') ?? longest)?.flag
}

/** Throughput, p99, loss and max/mean, or the capacity, along the swept axis; a series per combination of the others. */
export function sweepCharts(result: SweepResult): Chart[] {
  const axis = sweptAxis(result)
  if (axis === undefined) return []
  const values = result.plan.axes
    .find(({ flag }) => flag === axis)!
    .values.toSorted((a, b) => numberOf(a)! - numberOf(b)!)
  const x = values.map((text) => ({ at: numberOf(text)!, text }))
  const labels = [...new Set(result.points.map(({ flags }) => pointLabel(flags, axis)))]
  const charts = (result.capacity ? CAPACITY : FIGURES).map(({ title, valueAt, ...figure }): Chart => ({
    ...figure,
    title: `${title} by ${axis}`,
    x,
    series: labels.map((label) => ({
      label,
      values: values.map((value) => {
        const point = result.points.find(
          ({ flags }) => flags[axis] === value && pointLabel(flags, axis) === label,
        )
        return point && valueAt(result, point.index)
      }),
    })),
  }))
  // A line of zeros, or a group of one, is no picture.
  return charts.filter(({ series, from }) =>
    series.some((s) => s.values.some((v) => v !== undefined && v !== from)),
  )
}

/** The charts that show something, as text. */
export function sweepPictures(result: SweepResult, style: Style): string[] {
  const charts = sweepCharts(result)
  const drawn = charts.map((chart) => drawChart(chart, style)).filter((lines) => lines.length > 0)
  const more = (charts[0]?.series.length ?? 0) - MOST_SERIES
  return [
    ...drawn.flatMap((lines) => ['', ...lines]),
    ...(more > 0 && drawn.length > 0 ? [` ${more} more series are in the JSON and the CSV`] : []),
  ]
}
