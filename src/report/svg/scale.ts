/** Places values along an axis: from their domain to pixels. */
export interface Scale {
  readonly domain: readonly [low: number, high: number]
  readonly range: readonly [from: number, to: number]
  /** values worth a mark on the axis, ascending, inside the domain */
  readonly ticks: readonly number[]
  /** where a value is, in pixels; values outside the domain are put to its end */
  place(value: number): number
}

type Pair = readonly [number, number]

/** Parts of a step that people count in. */
const STEPS = [1, 2, 5, 10]
/** Guards against a tick that is missed for want of the last bit. */
const TOLERANCE = 1e-9

/**
 * Multiples of 1, 2 or 5 times a power of ten inside a domain: the smallest step that makes at most so many of them.
 * @param least the smallest step, such as 1 for counts
 */
export function linearTicks([low, high]: Pair, most: number, least = 0): number[] {
  if (!(high > low)) return [low]
  const magnitude = 10 ** Math.floor(Math.log10((high - low) / most))
  const step = Math.max(
    least,
    ...STEPS.map((part) => part * magnitude)
      .filter((size) => count(low, high, size) <= most)
      .slice(0, 1),
  )
  const first = Math.ceil(low / step - TOLERANCE)
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  return Array.from({ length: count(low, high, step) }, (_, i) =>
    Number(((first + i) * step).toFixed(digits)),
  )
}

const count = (low: number, high: number, step: number): number =>
  Math.floor(high / step + TOLERANCE) - Math.ceil(low / step - TOLERANCE) + 1

/** Powers of ten inside a domain above 0; where that makes few, twos and fives between them; where many, every second one. */
export function logTicks([low, high]: Pair, most: number): number[] {
  const decades = Math.log10(high / low)
  const parts = decades < most / 3 ? [1, 2, 5] : decades < most / 2 ? [1, 3] : [1]
  const every = Math.max(1, Math.ceil(decades / most))
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % every !== 0) continue
    for (const part of parts) ticks.push(Number(`${part}e${power}`))
  }
  const inside = ticks.filter((tick) => tick >= low * (1 - TOLERANCE) && tick <= high * (1 + TOLERANCE))
  return inside.length >= 2 ? inside : linearTicks([low, high], most)
}

function placing(range: Pair, shareOf: (value: number) => number) {
  return (value: number): number => {
    const share = Math.min(1, Math.max(0, shareOf(value)))
    return range[0] + share * (range[1] - range[0])
  }
}

/** Equal steps for equal differences. */
export function linearScale(
  domain: Pair,
  range: Pair,
  { most = 6, least = 0 }: { most?: number; least?: number } = {},
): Scale {
  const [low, high] = widened(domain)
  return {
    domain: [low, high],
    range,
    ticks: linearTicks([low, high], most, least),
    place: placing(range, (value) => (value - low) / (high - low)),
  }
}

/** Equal steps for equal ratios. The domain is above 0. */
export function logScale(domain: Pair, range: Pair, { most = 7 }: { most?: number } = {}): Scale {
  const low = domain[0]
  const high = domain[1] > low ? domain[1] : low * 10
  return {
    domain: [low, high],
    range,
    ticks: logTicks([low, high], most),
    place: placing(range, (value) => Math.log(Math.max(value, low) / low) / Math.log(high / low)),
  }
}

/**
 * Quantiles such that each further nine takes as much room as the one before, the tail to the right, as HdrHistogram's
 * plots have it: by log 1 / (1 − q).
 * @param most the greatest quantile below 1 that is told apart, such as 0.9999 of 10,000 values
 */
export function percentileScale(most: number, range: Pair): Scale {
  const nines = Math.max(1, -Math.log10(1 - most))
  const whole = Math.floor(nines + TOLERANCE)
  return {
    domain: [0, most],
    range,
    ticks: [0, 0.5, ...Array.from({ length: whole }, (_, i) => quantileOf(i + 1))],
    place: placing(range, (quantile) => -Math.log10(1 - Math.min(quantile, most)) / nines),
  }
}

/** 1 → 0.9, 2 → 0.99: with no more digits than that. */
const quantileOf = (nines: number): number => Number((1 - 10 ** -nines).toFixed(nines))

/** A domain of one value has no length: it becomes one around that. */
function widened([low, high]: Pair): Pair {
  if (high > low) return [low, high]
  const half = Math.abs(low) / 2 || 0.5
  return [low - half, low + half]
}
