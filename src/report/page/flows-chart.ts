import { formatCount, formatPercent } from '../../units/format.js'
import type { Balance } from '../../result/balance.js'
import { textWidth } from '../svg/labels.js'
import { drawChart } from '../svg/chart.js'
import { band, dots, level, stem, words } from '../svg/marks.js'
import { linearScale } from '../svg/scale.js'
import type { Figure } from './parts.js'

export interface Counts {
  /** what is counted, such as `flows` */
  what: string
  /** by member */
  values: readonly number[]
  /** what a fair hash keeps to; absent where none put them */
  fair?: Balance['fairBand'] | undefined
  /** limits that were set for the greatest over the mean */
  limits?: readonly { overMean: number; text: string; tone: 'good' | 'bad' | '' }[]
}

/** So many members have their count written at them; of more, those outside the band and the two ends. */
const MOST_WRITTEN = 8
const LABEL_HEIGHT = 15

/** How many went to each member, as a distance from the mean, over what a fair hash gives. */
export function flowsChart({ what, values, fair, limits = [] }: Counts): Figure | undefined {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (!(mean > 0) || values.length < 2) return undefined
  const bands = fair && bandsOf(fair, mean)
  const ends = [...values, ...(bands?.wide ?? []), ...limits.map(({ overMean }) => overMean * mean)]
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const room = Math.max((high - low) * 0.16, mean * 0.002)
  const outside = (value: number): boolean =>
    bands !== undefined && (value < bands.wide[0] || value > bands.wide[1])
  const written = new Set(
    values.flatMap((value, i) =>
      values.length <= MOST_WRITTEN ||
      outside(value) ||
      value === Math.max(...values) ||
      value === Math.min(...values)
        ? [i]
        : [],
    ),
  )
  const most = `member ${values.indexOf(Math.max(...values))} has most, ${formatCount(Math.max(...values))}`
  const least = `member ${values.indexOf(Math.min(...values))} fewest, ${formatCount(Math.min(...values))}`
  const svg = drawChart({
    title: `${what} per member`,
    description: `Mean ${formatCount(mean)}; ${most}; ${least}.`,
    x: {
      scale: (range) =>
        linearScale([-0.6, values.length - 0.4], range, { most: values.length <= 16 ? 17 : 9, least: 1 }),
      format: String,
      title: 'member',
    },
    y: {
      scale: (range) => linearScale([Math.max(0, low - room), high + room], range, { least: 1 }),
      format: formatCount,
      title: what,
    },
    right: 12 + textWidth(`mean ${formatCount(mean)}`),
    marks: (axes) => [
      bands && [
        band(axes, bands.wide, 'fair', fairWords(bands.wide, '99 %')),
        band(axes, bands.narrow, 'fairer', fairWords(bands.narrow, '95 %')),
      ],
      level(axes, mean, 'mean'),
      words([axes.x.range[1] + 5, axes.y.place(mean) + 4], `mean ${formatCount(mean)}`, 'quiet'),
      limits.map(({ overMean, text, tone }) => [
        level(axes, overMean * mean, `limit ${tone}`),
        words([axes.x.range[1], axes.y.place(overMean * mean) - 4], text, tone, 'end'),
      ]),
      values.map((value, i) => stem(axes, i, [mean, value], outside(value) ? 'bad' : '')),
      dots(
        axes,
        values.map((value, i) => ({
          at: [i, value] as const,
          kind: outside(value) ? 'bad' : '',
          tip: `member ${i}: ${formatCount(value)} ${what}\n${formatPercent(value / mean / values.length)} of all, ${(value / mean).toFixed(3)} of the mean`,
        })),
        values.length > 24 ? 2.75 : 4.5,
      ),
      labels(values, mean, written).map(({ i, text, up }) =>
        words(
          [axes.x.place(i), axes.y.place(values[i]!) + (up ? -8 : LABEL_HEIGHT + 1)],
          text,
          outside(values[i]!) ? 'bad strong' : '',
          'middle',
        ),
      ),
    ],
  })
  return { svg, caption: captionOf(what, bands !== undefined, values.some(outside)) }
}

function bandsOf({ maxOverMean: max, minOverMean: min }: Balance['fairBand'], mean: number) {
  return {
    narrow: [min.p95 * mean, max.p95 * mean] as const,
    wide: [min.p99 * mean, max.p99 * mean] as const,
  }
}

const fairWords = ([low, high]: readonly [number, number], runs: string): string =>
  `fair hash: in ${runs} of runs the fullest member has no more than ${formatCount(high)}, and in ${runs} the emptiest no fewer than ${formatCount(low)}`

function captionOf(what: string, banded: boolean, some: boolean): string {
  if (!banded)
    return `${what.charAt(0).toUpperCase()}${what.slice(1)} of each member, and how far that is from the mean.`
  const found = some
    ? 'A member outside it, in red with its number, is not chance.'
    : 'All members are inside it.'
  return `Shaded: where a fair hash keeps the fullest and the emptiest member, dark in 95 % of runs, light in 99 %. ${found}`
}

/** Labels above what is over the mean and below what is under it; of many members, with their index. */
function labels(values: readonly number[], mean: number, written: ReadonlySet<number>) {
  return [...written].map((i) => ({
    i,
    text: values.length <= MOST_WRITTEN ? formatCount(values[i]!) : `${i}: ${formatCount(values[i]!)}`,
    up: values[i]! >= mean,
  }))
}
