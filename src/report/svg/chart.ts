import { fitting, textWidth } from './labels.js'
import { type Axes, px, words } from './marks.js'
import { type Content, joined, type Markup, markup } from './markup.js'
import type { Scale } from './scale.js'

/** All charts have one size, and are scaled to the column that they stand in. */
export const WIDTH = 440
export const HEIGHT = 250
const TOP = 30
const BOTTOM = 38
const EDGE = 6
const TEXT_HEIGHT = 11

/** One axis: which values it has room for, and how they are written. */
export interface Axis {
  scale: (range: readonly [from: number, to: number]) => Scale
  format: (value: number) => string
  /** what it measures, with its unit where the values have none */
  title: string
}

export interface Chart {
  /** what is shown, as a reader would call it */
  title: string
  /** what there is to be seen, for those who cannot */
  description: string
  x: Axis
  y: Axis
  marks: (axes: Axes) => Content
  /** room at the right for words, in pixels */
  right?: number
  height?: number
}

/** The charts' one look: values at the left over fine lines, their name above, the horizontal axis with its name below. */
export function drawChart({ title, description, x, y, marks, right = 12, height = HEIGHT }: Chart): Markup {
  const vertical = y.scale([height - BOTTOM, TOP])
  const labels = vertical.ticks.map(y.format)
  const left = EDGE + Math.max(...labels.map(textWidth), 12) + 6
  const horizontal = x.scale([left, WIDTH - right])
  const axes = { x: horizontal, y: vertical }
  return markup`<svg viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${title}</title><desc>${description}</desc>${[
    vertical.ticks.map(
      (tick) =>
        markup`<path class="grid" d="M${px(left)} ${px(vertical.place(tick))}H${px(WIDTH - right)}"/>`,
    ),
    vertical.ticks.map((tick, i) =>
      words([left - 6, vertical.place(tick) + TEXT_HEIGHT / 3], labels[i], 'tick', 'end'),
    ),
    y.title !== '' && words([EDGE, TEXT_HEIGHT], y.title, 'axis'),
    foot(horizontal, x, height),
    marks(axes),
  ]}</svg>`
}

function foot(scale: Scale, { format, title }: Axis, height: number): Markup {
  const base = height - BOTTOM
  const [from, to] = scale.range
  const labels = scale.ticks.map((tick) => ({ at: scale.place(tick), text: format(tick) }))
  const written = fitting(labels)
  return joined([
    markup`<path class="base" d="M${px(from)} ${base}H${px(to)}"/>`,
    labels.map(({ at }, i) => written[i] && markup`<path class="base" d="M${px(at)} ${base}v4"/>`),
    labels.map(({ at, text }, i) => written[i] && words([at, base + 15], text, 'tick', 'middle')),
    words([to, height - 4], title, 'axis', 'end'),
  ])
}
