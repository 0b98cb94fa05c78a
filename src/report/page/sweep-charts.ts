import type { SweepResult } from '../../result/sweep-result.js'
import type { Chart } from '../chart.js'
import { sweepCharts, sweptAxis } from '../sweep-pictures.js'
import { drawChart } from '../svg/chart.js'
import { spreadApart, textWidth } from '../svg/labels.js'
import { dots, line, px, words } from '../svg/marks.js'
import { joined, markup } from '../svg/markup.js'
import { linearScale, logScale, type Scale } from '../svg/scale.js'
import { SERIES } from './palette.js'
import type { Figure } from './parts.js'

/** More curves than this nobody tells apart: the others are grey, and in the table. */
const MOST_NAMED = SERIES.length
const LABEL_GAP = 13
/** Values that differ by more than this factor are drawn by their ratios. */
const LOG_FROM = 16

/** The curves of a sweep along its axis, each with the points that were measured. */
export function sweepFigures(result: SweepResult): Figure[] {
  const axis = sweptAxis(result) ?? ''
  return sweepCharts(result).map((chart) => ({
    svg: curves(chart, axis, result.capacity ? boundsIn(result, axis) : []),
    caption: result.capacity
      ? 'Dots: the greatest rate at which the goals hold; strokes: up to the least at which they do not.'
      : chart.series.length > MOST_NAMED
        ? `Medians. The first ${MOST_NAMED} series have a colour; all are in the table.`
        : 'Medians of the repetitions at each point.',
  }))
}

/** Where each capacity lies: between the rate that holds and the one that does not. */
function boundsIn(
  { capacity = [], plan }: SweepResult,
  axis: string,
): [place: number, low: number, high: number][] {
  const { values = [] } = plan.axes.find(({ flag }) => flag === axis) ?? {}
  return capacity.flatMap(({ flags, lowerHz, upperHz }) => {
    const place = values.indexOf(flags[axis] ?? '')
    return lowerHz === undefined || upperHz === undefined || place < 0
      ? []
      : [[place, lowerHz, upperHz] as const]
  }) as [number, number, number][]
}

function curves({ title, x, series, format, from }: Chart, axis: string, bounds: [number, number, number][]) {
  const values = [
    ...series.flatMap((one) => one.values.flatMap((value) => value ?? [])),
    ...bounds.map(([, , high]) => high),
  ]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const log = from === undefined && low > 0 && high / low > LOG_FROM
  const labelled = series.length > 1
  const named = series.slice(0, MOST_NAMED)
  const at = x.map((place) => place.at)
  const shortTitle = title.replace(` by ${axis}`, '')
  return drawChart({
    title,
    description: series
      .slice(0, MOST_NAMED)
      .map(
        ({ label, values: own }) =>
          `${label}: ${x.map(({ text }, i) => `${text} ${own[i] === undefined ? 'none' : format(own[i])}`).join(', ')}`,
      )
      .join('; '),
    x: {
      scale: (range) => horizontal(at, range),
      format: (value) => x.find((place) => place.at === value)?.text ?? '',
      title: axis,
    },
    y: {
      scale: (range) =>
        log
          ? logScale([low * 0.9, high * 1.1], range)
          : linearScale([from ?? low * 0.9, high + (high - (from ?? low * 0.9)) * 0.08], range),
      format,
      title: shortTitle,
    },
    right: 16 + (labelled ? Math.max(...named.map(({ label }) => textWidth(label))) : 0),
    marks: (axes) => {
      const ends = named.map((one) => {
        const last = one.values.findLastIndex((value) => value !== undefined)
        return last < 0 ? axes.y.range[0] : axes.y.place(one.values[last]!)
      })
      const places = spreadApart(ends, LABEL_GAP, [axes.y.range[1], axes.y.range[0]])
      return [
        series.map((one, i) =>
          line(
            axes,
            one.values.map((value, place) => [at[place]!, value] as const),
            kindOf(i),
          ),
        ),
        bounds.map(([place, lower, upper]) => {
          const column = px(axes.x.place(at[place]!))
          return markup`<path class="stem" d="M${column} ${px(axes.y.place(lower))}V${px(axes.y.place(upper))}M${px(column - 5)} ${px(axes.y.place(upper))}h10"><title>holds at ${format(lower)}, fails at ${format(upper)}</title></path>`
        }),
        series.map((one, i) =>
          dots(
            axes,
            one.values.flatMap((value, place) =>
              value === undefined
                ? []
                : [
                    {
                      at: [at[place]!, value] as const,
                      kind: kindOf(i),
                      tip: `${axis} ${x[place]!.text}${one.label === '' ? '' : `, ${one.label}`}: ${format(value)}`,
                    },
                  ],
            ),
            3.5,
          ),
        ),
        labelled
          ? named.map(({ label }, i) => words([axes.x.range[1] + 8, places[i]! + 4], label, kindOf(i)))
          : joined([]),
      ]
    },
  })
}

const kindOf = (series: number): string => SERIES[series] ?? 'quiet'

/** The places of the values themselves; by ratios where that spreads them better. */
function horizontal(at: readonly number[], range: readonly [number, number]): Scale {
  const [low, high] = [Math.min(...at), Math.max(...at)]
  const log = low > 0 && high / low > LOG_FROM
  return { ...(log ? logScale([low, high], range) : linearScale([low, high], range)), ticks: at }
}
