/** Width of a character of a chart's text, on average and rather too much, in pixels. */
const CHARACTER = 6.1
const GAP = 8

export const textWidth = (text: string): number => text.length * CHARACTER

/**
 * Places for labels that want to stand at `wanted`, none nearer than `gap` to the next, all within `room` as far as that
 * holds them, in their order.
 */
export function spreadApart(
  wanted: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): number[] {
  const order = wanted.map((at, i) => ({ at, i })).toSorted((a, b) => a.at - b.at)
  const places = order.map(({ at }) => Math.min(high, Math.max(low, at)))
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i]!, places[i - 1]! + gap)
  if ((places.at(-1) ?? low) > high) places[places.length - 1] = high
  for (let i = places.length - 2; i >= 0; i--) places[i] = Math.min(places[i]!, places[i + 1]! - gap)
  const result = Array.from(wanted, () => 0)
  order.forEach(({ i }, rank) => (result[i] = places[rank]!))
  return result
}

/** Which of these labels, centred at their places, can be written on one line: the first, the last, and what fits between. */
export function fitting(labels: readonly { at: number; text: string }[]): boolean[] {
  const written: { from: number; to: number }[] = []
  const fits = labels.map(() => false)
  for (const i of new Set([0, labels.length - 1, ...labels.keys()])) {
    const label = labels[i]
    if (label === undefined) continue
    const half = textWidth(label.text) / 2
    const [from, to] = [label.at - half - GAP / 2, label.at + half + GAP / 2]
    if (written.some((other) => from < other.to && to > other.from)) continue
    written.push({ from, to })
    fits[i] = true
  }
  return fits
}
