/** A time that is only expected, as one says it: `40 s`, `3 min`, `2.5 h`. */
export function roughTime(ns: number): string {
  const seconds = ns / 1e9
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
