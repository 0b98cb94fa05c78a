/** When a part was measured. */
export interface Measured {
  measuredAt: string
  durationNs: number
}

/**
 * How long parts were measured in all, and how long all of them at once, ns: by the clocks of their hosts, to the millisecond that
 * these are told in.
 */
export function togetherOf(parts: readonly Measured[]): { spanNs: number; commonNs: number } {
  const begins = parts.map(({ measuredAt }) => Date.parse(measuredAt) * 1e6)
  const ends = parts.map(({ durationNs }, i) => begins[i]! + durationNs)
  return {
    spanNs: Math.round(Math.max(...ends) - Math.min(...begins)),
    commonNs: Math.max(0, Math.round(Math.min(...ends) - Math.max(...begins))),
  }
}
