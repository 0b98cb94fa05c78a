/**
 * The point x ≥ 0 where `isBelow` turns from true to false, to the last bit: the interval, first doubled from
 * `guess` (> 0) until it holds the point, is halved until no double is left between its ends.
 *
 * `isBelow` must be true up to that point and false after it.
 */
export function bisect(isBelow: (x: number) => boolean, guess: number): number {
  let below = 0
  let above = guess
  while (isBelow(above)) {
    below = above
    above *= 2
  }
  for (;;) {
    const middle = below + (above - below) / 2
    if (middle <= below || middle >= above) return middle
    if (isBelow(middle)) below = middle
    else above = middle
  }
}
