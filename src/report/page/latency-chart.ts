import { formatDuration } from '../../units/format.js'
import { drawChart, HEIGHT } from '../svg/chart.js'
import { spreadApart, textWidth } from '../svg/labels.js'
import { line, slice, upright, words, level, dots } from '../svg/marks.js'
import { logScale, percentileScale } from '../svg/scale.js'
import type { LatencyLimit } from './limits.js'
import { type Distribution, type Distributions, timeAt } from './latency-data.js'
import { SERIES } from './palette.js'
import type { Figure } from './parts.js'

/** Up to so many members have a colour and a label each; of more, the one with the slowest tail and the fastest. */
const MOST_NAMED = SERIES.length
/** Tails this much apart are worth a name. */
const APART = 1.15
const LABEL_GAP = 13
const QUANTILES = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999]

const name = (quantile: number): string =>
  quantile === 0 ? 'min' : `p${Number((quantile * 100).toPrecision(8))}`

/** The time of requests by quantile, the tail to the right: of all together, and of each member. */
export function latencyChart({ time, all, members }: Distributions, limits: readonly LatencyLimit[]): Figure {
  const named = namedMembers(members)
  const everything = [all, ...members]
  const times = [
    ...everything.flatMap(({ points }) => points.map(([, ns]) => ns)),
    ...limits.map(({ limit }) => limit),
  ]
  const low = Math.max(1, Math.min(...times))
  const high = Math.max(...times) * 1.08
  const most = 1 - 1 / Math.max(10, ...everything.map(({ count }) => count))
  const ends = [
    ...named.map(({ distribution, kind }) => ({
      ...endOf(distribution),
      kind,
      text: `member ${distribution.member}`,
    })),
    { ...endOf(all), kind: 'strong', text: members.length === 0 ? '' : 'all' },
  ].filter(({ text }) => text !== '')
  const svg = drawChart({
    title: `${time} time by percentile`,
    description: `Of ${all.count} replies: ${QUANTILES.slice(0, 4)
      .map((q) => `${name(q)} ${formatDuration(timeAt(all, q))}`)
      .join(', ')}, max ${formatDuration(timeAt(all, 1))}.`,
    x: { scale: (range) => percentileScale(most, range), format: name, title: 'percentile' },
    y: { scale: (range) => logScale([low, high], range), format: formatDuration, title: `${time} time` },
    height: HEIGHT + 30,
    right: 14 + Math.max(0, ...ends.map(({ text }) => textWidth(text))),
    marks: (axes) => {
      const places = spreadApart(
        ends.map(({ ns }) => axes.y.place(ns)),
        LABEL_GAP,
        [axes.y.range[1], axes.y.range[0]],
      )
      const colours = new Map(named.map(({ distribution, kind }) => [distribution, kind]))
      return [
        members.map((distribution) => line(axes, distribution.points, colours.get(distribution) ?? 'quiet')),
        line(axes, all.points, 'all'),
        limits.map(({ quantile, limit, text, tone }) => [
          level(axes, limit, `limit ${tone}`),
          upright(axes, quantile, 'mark'),
          dots(axes, [{ at: [quantile, limit], kind: tone === 'bad' ? 'bad' : 'hollow' }], 3),
          words([axes.x.range[0] + 4, axes.y.place(limit) - 5], text, tone),
        ]),
        ends.map(({ text, kind }, i) => words([axes.x.range[1] + 6, places[i]! + 4], text, kind)),
        slices(most).map(([from, to, quantile]) => slice(axes, [from, to], tipAt(quantile, all, members))),
      ]
    },
  })
  return { svg, caption: captionOf(time, members.length, named.length) }
}

const endOf = ({ points }: Distribution): { ns: number } => ({ ns: points.at(-1)![1] })

const tail = (distribution: Distribution): number => timeAt(distribution, 0.99)

function namedMembers(members: readonly Distribution[]): { distribution: Distribution; kind: string }[] {
  if (members.length <= MOST_NAMED)
    return members.map((distribution, i) => ({ distribution, kind: SERIES[i]! }))
  const ascending = members.toSorted((a, b) => tail(a) - tail(b))
  const middle = tail(ascending[ascending.length >> 1]!)
  const [fastest, slowest] = [ascending[0]!, ascending.at(-1)!]
  return [
    ...(tail(slowest) > APART * middle ? [{ distribution: slowest, kind: SERIES[1] }] : []),
    ...(tail(fastest) < middle / APART ? [{ distribution: fastest, kind: SERIES[0] }] : []),
  ]
}

const nines = (quantile: number): number => -Math.log10(1 - quantile)

const between = (a: number, b: number): number => 1 - 10 ** (-(nines(a) + nines(b)) / 2)

/** Around each round quantile, halfway to its neighbours. */
function slices(most: number): [from: number, to: number, quantile: number][] {
  const shown = QUANTILES.filter((quantile) => quantile <= most + 1e-12)
  return shown.map((quantile, i) => [
    i === 0 ? 0 : between(shown[i - 1]!, quantile),
    i === shown.length - 1 ? most : between(quantile, shown[i + 1]!),
    quantile,
  ])
}

function tipAt(quantile: number, all: Distribution, members: readonly Distribution[]): string {
  const rows = members.map((member) => ({ member: member.member, ns: timeAt(member, quantile) }))
  const ascending = rows.toSorted((a, b) => a.ns - b.ns)
  const shown = rows.length <= MOST_NAMED ? rows : [ascending.at(-1)!, ascending[0]!]
  return [
    `${name(quantile)}: ${formatDuration(timeAt(all, quantile))}`,
    ...shown.map(({ member, ns }) => `member ${member}: ${formatDuration(ns)}`),
  ].join('\n')
}

function captionOf(time: string, members: number, named: number): string {
  const what =
    time === 'response'
      ? 'From when each request was meant to be sent until its reply: what a user would feel.'
      : 'From when each request was sent until its reply.'
  const grey =
    members > MOST_NAMED
      ? ` Bold: all members together; grey: each of ${members}${named > 0 ? ', but for those whose p99 stands out' : ', none of whose p99 stands out'}.`
      : ''
  return `${what} Each further nine takes the same width, so that the tail is to be seen.${grey}`
}
