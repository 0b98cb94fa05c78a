/**
 * The gamma function and its incomplete forms in the log domain, where a p of 1e-300 keeps all its digits.
 *
 * Everything rests on one quantity, the Poisson density x^a e^−x / Γ(a + 1). Written through Stirling's error
 * and the deviance (Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000) no two large
 * numbers are ever subtracted, as they would be in a·ln x − x − lnΓ(a + 1).
 */

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2

/** From here on the six terms of Stirling's series below are exact to less than 1e-17. */
const STIRLING_FROM = 15

/** lnΓ(a + 1) − [(a + ½) ln a − a + ½ ln 2π] for a > 0; Abramowitz & Stegun 6.1.41. */
function stirlingError(a: number): number {
  let shifted = a
  let correction = 0
  while (shifted < STIRLING_FROM) {
    correction += (shifted + 0.5) * Math.log1p(1 / shifted) - 1
    shifted += 1
  }
  const r = 1 / (shifted * shifted)
  const series =
    (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / shifted
  return correction + series
}

/** lnΓ(a) for a > 0. */
export function logGamma(a: number): number {
  return (a - 0.5) * Math.log(a) - a + HALF_LOG_TWO_PI + stirlingError(a)
}

/**
 * ln of the Poisson probability of `count` (any real ≥ 0, so that it serves the incomplete gamma as well)
 * at a mean ≥ 0; −Infinity where the probability is 0.
 */
export function logPoisson(count: number, mean: number): number {
  if (count === 0) return -mean
  if (mean === 0) return -Infinity
  const excess = (mean - count) / count
  // Near the mean log1p keeps the digits, far from it (a tiny mean, excess near −1) the plain log does.
  const logRatio = Math.abs(excess) < 0.5 ? Math.log1p(excess) : Math.log(mean / count)
  const deviance = count * (excess - logRatio)
  return -deviance - stirlingError(count) - HALF_LOG_TWO_PI - Math.log(count) / 2
}

/** Σ x^n / ((a + 1) … (a + n)), n ≥ 0: P(a, x) over the Poisson density; Abramowitz & Stegun 6.5.29. */
function lowerSeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum
}

/**
 * Γ(a, x) / (x^a e^−x) by the continued fraction of Abramowitz & Stegun 6.5.31 in its even form, evaluated
 * front to back with Lentz's method (Thompson & Barnett 1986). For x ≥ a + 1 every denominator is positive.
 */
function upperFraction(a: number, x: number): number {
  let denominator = x + 1 - a
  let c = Infinity
  let d = 1 / denominator
  let value = d
  for (let i = 1, change = 0; Math.abs(change - 1) > Number.EPSILON; i++) {
    const numerator = i * (a - i)
    denominator += 2
    d = 1 / (numerator * d + denominator)
    c = denominator + numerator / c
    change = c * d
    value *= change
  }
  return value
}

/** ln(1 − e^log) for log ≤ 0; Mächler, "Accurately computing log(1 − exp(−|a|))", 2012. */
function logComplement(log: number): number {
  return log > -Math.LN2 ? Math.log(-Math.expm1(log)) : Math.log1p(-Math.exp(log))
}

/**
 * ln P(a, x) and ln Q(a, x), the regularised lower and upper incomplete gamma functions, a > 0, finite x ≥ 0.
 * The side that is in its tail is computed directly, the other as its complement.
 * Throws RangeError outside that domain, where the expansions would not end.
 */
export function logRegularisedGamma(a: number, x: number): { logLower: number; logUpper: number } {
  if (!(a > 0 && x >= 0 && a + x < Infinity)) throw new RangeError(`incomplete gamma of a=${a}, x=${x}`)
  const logDensity = logPoisson(a, x)
  if (x < a + 1) {
    const logLower = Math.min(0, logDensity + Math.log(lowerSeries(a, x)))
    return { logLower, logUpper: logComplement(logLower) }
  }
  const logUpper = Math.min(0, logDensity + Math.log(a * upperFraction(a, x)))
  return { logLower: logComplement(logUpper), logUpper }
}
