/**
 * Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979) of `pValues`, in the order given: each may
 * be held against alpha as it stands, and the chance of any false claim among them stays below alpha,
 * however they depend on each other.
 */
export function holmAdjust(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p)
  const adjusted = pValues.map(() => 1)
  let previous = 0
  for (const [rank, { p, index }] of ascending.entries()) {
    previous = Math.min(1, Math.max(previous, (pValues.length - rank) * p))
    adjusted[index] = previous
  }
  return adjusted
}
