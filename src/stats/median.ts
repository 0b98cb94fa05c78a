/** The middle value, or the mean of the two in the middle; of at least one, in any order. */
export function median(values: readonly number[]): number {
  return medianOfAscending(values.toSorted((a, b) => a - b))
}

/** The same of values that are in ascending order already; NaN of none. */
export function medianOfAscending(ascending: ArrayLike<number>): number {
  const upper = ascending.length >> 1
  if (ascending.length % 2 === 1) return ascending[upper]!
  return ascending.length === 0 ? Number.NaN : (ascending[upper - 1]! + ascending[upper]!) / 2
}
