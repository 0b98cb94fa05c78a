/** The sum of each of so many parts of the same size, in their order. */
export function partSums(counts: readonly number[], parts: number): number[] {
  const each = counts.length / parts
  return Array.from({ length: parts }, (_, part) =>
    counts.slice(part * each, (part + 1) * each).reduce((sum, count) => sum + count, 0),
  )
}
