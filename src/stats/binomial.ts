import { bisect } from './bisection.js'
import { logPoisson } from './gamma.js'

/**
 * Two-sided p of `successes` in `trials` with probability 0 < p < 1 each: twice the tail that points away from
 * the mean, at most 1. Exact, where a normal tail at a handful of expected successes is wrong by powers of ten.
 */
export function binomialTwoSided(successes: number, trials: number, probability: number): number {
  // Counting the failures instead turns an upper tail into a lower one.
  const mirrored = successes > trials * probability
  const tail = mirrored
    ? lowerTail(trials - successes, trials, 1 - probability)
    : lowerTail(successes, trials, probability)
  return Math.min(1, 2 * tail)
}

/** P(X ≤ count) of `trials` with probability 0 < p < 1 each, for any whole count. */
export function binomialAtMost(count: number, trials: number, probability: number): number {
  if (count < 0) return 0
  if (count >= trials) return 1
  return count <= trials * probability
    ? lowerTail(count, trials, probability)
    : 1 - lowerTail(trials - count - 1, trials, 1 - probability)
}

/**
 * The interval that holds the probability behind `successes` in `trials` with a confidence of 1 − alpha at least, half of alpha
 * on either side (Clopper and Pearson, Biometrika 26, 1934).
 */
export function probabilityInterval(
  successes: number,
  trials: number,
  alpha: number,
): [low: number, high: number] {
  const high = (count: number): number =>
    count === trials
      ? 1
      : bisect(
          (p) => p < 1 && (p === 0 || binomialAtMost(count, trials, p) > alpha / 2),
          (count + 1) / trials,
        )
  return [successes === 0 ? 0 : 1 - high(trials - successes), high(successes)]
}

/** P(X ≤ count) for a count at or below the mean: there the terms shrink all the way down. */
function lowerTail(count: number, trials: number, probability: number): number {
  const odds = (1 - probability) / probability
  let term = 1
  let sum = 1
  for (let x = count; x > 0 && term > sum * Number.EPSILON; x--) {
    term *= (x / (trials - x + 1)) * odds
    sum += term
  }
  return Math.exp(logBinomial(count, trials, probability)) * sum
}

/** ln P(X = count). A binomial is a Poisson count given the sum of it and its complement. */
function logBinomial(count: number, trials: number, probability: number): number {
  return (
    logPoisson(count, trials * probability) +
    logPoisson(trials - count, trials * (1 - probability)) -
    logPoisson(trials, trials)
  )
}
