import type { Scale } from './scale.js'
import { type Content, joined, type Markup, markup } from './markup.js'

/** Coordinates to a tenth of a pixel: more is not seen, and takes room. */
export const px = (value: number): number => Math.round(value * 10) / 10

export interface Axes {
  x: Scale
  y: Scale
}

type Point = readonly [x: number, y: number]

const tip = (text: string | undefined): Markup | false => text !== undefined && markup`<title>${text}</title>`

/** A line through points in the units of the axes, in that order; where one has no value it is broken. */
export function line(
  { x, y }: Axes,
  points: readonly (readonly [x: number, y: number | undefined])[],
  kind: string,
): Markup {
  const pieces: string[][] = [[]]
  for (const [at, value] of points) {
    if (value === undefined) pieces.push([])
    else pieces.at(-1)!.push(`${px(x.place(at))} ${px(y.place(value))}`)
  }
  const drawn = pieces.filter((piece) => piece.length > 1).map((piece) => `M${piece.join('L')}`)
  return drawn.length === 0 ? joined([]) : markup`<path class="line ${kind}" d="${drawn.join('')}"/>`
}

export interface Dot {
  at: Point
  kind: string
  tip?: string
}

/** Points, each with what hovering over it says. */
export function dots({ x, y }: Axes, points: readonly Dot[], radius = 4): Markup {
  return joined(
    points.map(
      ({ at, kind, tip: says }) =>
        markup`<circle class="dot ${kind}" cx="${px(x.place(at[0]))}" cy="${px(y.place(at[1]))}" r="${radius}">${tip(says)}</circle>`,
    ),
  )
}

/** A line from one value to another at one place, such as from the mean to what is there. */
export function stem({ x, y }: Axes, at: number, [from, to]: Point, kind: string): Markup {
  const column = px(x.place(at))
  return markup`<path class="stem ${kind}" d="M${column} ${px(y.place(from))}V${px(y.place(to))}"/>`
}

/** A column from the foot of the axis. */
export function bar({ x, y }: Axes, [from, to]: Point, value: number, kind: string): Markup {
  const [left, right, top] = [x.place(from), x.place(to), y.place(value)]
  const gap = Math.min(1, (right - left) / 4)
  return markup`<rect class="bar ${kind}" x="${px(left + gap / 2)}" y="${px(top)}" width="${px(Math.max(0.5, right - left - gap))}" height="${px(y.range[0] - top)}"/>`
}

/** What lies between two values, over the whole width. */
export function band({ x, y }: Axes, [low, high]: Point, kind: string, says?: string): Markup {
  const [top, bottom] = [y.place(high), y.place(low)]
  return markup`<rect class="band ${kind}" x="${px(x.range[0])}" y="${px(top)}" width="${px(x.range[1] - x.range[0])}" height="${px(bottom - top)}">${tip(says)}</rect>`
}

/** A value, over the whole width. */
export function level({ x, y }: Axes, value: number, kind: string): Markup {
  return markup`<path class="rule ${kind}" d="M${px(x.range[0])} ${px(y.place(value))}H${px(x.range[1])}"/>`
}

/** An instant, or a place on the horizontal axis, over the whole height. */
export function upright({ x, y }: Axes, at: number, kind: string, says?: string): Markup {
  return markup`<path class="rule ${kind}" d="M${px(x.place(at))} ${px(y.range[0])}V${px(y.range[1])}">${tip(says)}</path>`
}

/** Where hovering says something: over the whole height between two places. */
export function slice({ x, y }: Axes, [from, to]: Point, says: string): Markup {
  const [left, right] = [x.place(from), x.place(to)]
  return markup`<rect class="slice" x="${px(left)}" y="${px(y.range[1])}" width="${px(Math.max(0, right - left))}" height="${px(y.range[0] - y.range[1])}"><title>${says}</title></rect>`
}

/** Words at a place in pixels. */
export function words(
  [x, y]: Point,
  content: Content,
  kind = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): Markup {
  return markup`<text class="${kind}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${content}</text>`
}
