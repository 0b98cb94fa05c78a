const LEVELS = '▁▂▃▄▅▆▇█'

/**
 * Values over time as one line of bars, from 0 to the greatest.
 * @param width how many bars at most; where there are more values, a bar stands for several
 * @param worst which of several a bar shows
 */
export function spark(
  values: readonly number[],
  width: number,
  worst: (...values: number[]) => number,
): string {
  const bars = Math.min(width, values.length)
  const shown = Array.from({ length: bars }, (_, i) =>
    worst(
      ...values.slice(Math.floor((i * values.length) / bars), Math.floor(((i + 1) * values.length) / bars)),
    ),
  )
  const most = Math.max(...shown)
  return shown
    .map((value) => LEVELS[most > 0 ? Math.round((value / most) * (LEVELS.length - 1)) : 0])
    .join('')
}
