const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of `cells` character cells, to an eighth of a cell; whole cells of `#` where there is only ASCII. */
export function bar(cells: number, unicode: boolean): string {
  if (!unicode) return '#'.repeat(Math.round(cells))
  const eighths = Math.round(cells * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]
}

/**
 * How many cells stand for the fair share. Ten, so that a tenth of it is one cell and skew can be read off;
 * fewer where the largest share would not fit `width`. `maxOverMean` is the largest share over the fair one.
 */
export function cellsPerFairShare(maxOverMean: number, width: number): number {
  return Math.min(10, width / Math.max(1, maxOverMean))
}
