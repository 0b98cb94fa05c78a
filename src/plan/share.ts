/** How much of `total` things part `index` of `parts` gets: whole numbers that differ by one at most and add up. */
export function shareOf(total: number, parts: number, index: number): number {
  return Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts)
}
