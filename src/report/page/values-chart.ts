import type { Spread } from '../../result/spread.js'
import { drawChart } from '../svg/chart.js'
import { textWidth } from '../svg/labels.js'
import { band, dots, level, words } from '../svg/marks.js'
import { linearScale } from '../svg/scale.js'
import type { Figure } from './parts.js'

/** A figure of several repetitions. */
export interface Values {
  name: string
  format: (value: number) => string
  spread: Spread
  values: readonly { at: number; value: number }[]
  limits: readonly { value: number; text: string; tone: 'good' | 'bad' | '' }[]
}

/** Each repetition's value in the order of time, over the median and its interval. */
export function valuesChart({ name, format, spread, values, limits }: Values): Figure | undefined {
  // What is the same each time is no picture.
  if (new Set(values.map(({ value }) => value)).size < 2) return undefined
  const { median, interval } = spread
  const ends = [...values.map(({ value }) => value), ...limits.map(({ value }) => value)]
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const room = (high - low) * 0.12 || Math.abs(high) * 0.05 || 0.5
  const last = Math.max(...values.map(({ at }) => at))
  const label = format(median)
  const svg = drawChart({
    title: `${name} of each repetition`,
    description: `Median ${label}, from ${format(spread.min)} to ${format(spread.max)} in ${values.length} repetitions.`,
    x: {
      scale: (range) => linearScale([0.5, last + 0.5], range, { most: 12, least: 1 }),
      format: String,
      title: 'repetition',
    },
    y: {
      scale: (range) =>
        linearScale([low >= 0 ? Math.max(0, low - room) : low - room, high + room], range, { most: 5 }),
      format,
      title: name,
    },
    height: 190,
    right: 14 + textWidth(label),
    marks: (axes) => [
      interval &&
        band(
          axes,
          [interval.lower, interval.upper],
          'fairer',
          `interval of the median: ${format(interval.lower)} – ${format(interval.upper)}`,
        ),
      level(axes, median, 'mean'),
      words([axes.x.range[1] + 5, axes.y.place(median) + 4], label, 'strong'),
      limits.map(({ value, text, tone }) => [
        level(axes, value, `limit ${tone}`),
        words([axes.x.range[1], axes.y.place(value) - 4], text, tone, 'end'),
      ]),
      dots(
        axes,
        values.map(({ at, value }) => ({
          at: [at, value] as const,
          kind: 's0',
          tip: `repetition ${at}: ${format(value)}`,
        })),
        values.length > 40 ? 2.75 : 4,
      ),
    ],
  })
  return {
    svg,
    caption: interval
      ? 'Line: median; shaded: its interval.'
      : 'Line: median; too few repetitions for an interval.',
  }
}
