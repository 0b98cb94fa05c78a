import { logPoisson } from './gamma.js'

/** The mean of a quantity under a fair hash, and the bounds it keeps in 95 % and 99 % of runs. */
export interface Band {
  expected: number
  p95: number
  p99: number
}

/**
 * Standard deviations of the Poisson total that the Fourier sum spans. The next alias of N lies that far away
 * and weighs e^−32 of it; the constant keeps this so for small N, where the Poisson tail is longer.
 */
const SPAN_DEVIATIONS = 8
const SPAN_LEAST = 20

/** Probability left in the tails of a single count, and of the maximum, where the sums stop. */
const NEGLIGIBLE = 1e-10

/** Terms of the Fourier sum below this modulus are dropped. */
const NEGLIGIBLE_TERM = 1e-20

/**
 * Largest and smallest count, in flows, when `flows` fall on `members` (≥ 2) at random: exact but for rounding
 * (about 1e-12) at any size, small N included. `max` is bounded from above (p95: the least m with
 * P(max ≤ m) ≥ 0.95), `min` from below (p95: the greatest m with P(min ≥ m) ≥ 0.95).
 *
 * Levin, "A representation for multinomial cumulative distribution functions" (Annals of Statistics 9, 1981):
 * independent Poisson counts, given that their sum is N, are multinomial. Hence
 * P(max ≤ m) = P(k counts ≤ m with sum N) / P(Poisson(N) = N). Levin approximates the density of the sum;
 * here it is the N-th coefficient of the truncated count's generating function to the power k, read off by a
 * discrete Fourier transform. Raising m by one adds one term to each node, so the whole distribution costs one
 * sweep over m; the minimum uses the complementary sum of the same sweep. O(√N · √(N/k)) steps.
 *
 * @param groups into so many alike parts flows and members are divided, so that each flow falls on its own part; parts are
 *   independent, and their probabilities multiply
 */
export function fairExtremes(flows: number, members: number, groups = 1): { max: Band; min: Band } {
  const mean = flows / members
  const reach = Math.sqrt(2 * mean * Math.log(members / NEGLIGIBLE))
  const lowest = Math.max(0, Math.floor(mean - reach))
  const least = Math.ceil(mean) // of a maximum
  const most = Math.floor(mean) // of a minimum
  const max: Band = { expected: least, p95: least, p99: least }
  const min: Band = { expected: lowest, p95: lowest, p99: lowest }
  const sweep = new CountSweep(Math.round(flows / groups), members / groups, lowest)
  for (let count = lowest, settled = false; !settled; count++) {
    sweep.add(count)
    if (count < most) {
      const above = sweep.probabilityAllAbove() ** groups
      min.expected += above
      if (above >= 0.95) min.p95 = count + 1
      if (above >= 0.99) min.p99 = count + 1
    }
    if (count >= least) {
      const within = sweep.probabilityAllWithin() ** groups
      max.expected += 1 - within
      if (within < 0.95) max.p95 = count + 1
      if (within < 0.99) max.p99 = count + 1
      settled = within >= 1 - NEGLIGIBLE || count >= flows
    }
  }
  return { max, min }
}

/** The generating function of a Poisson count cut off at a rising bound, at the nodes of the transform. */
class CountSweep {
  private readonly flows: number
  private readonly members: number
  private readonly mean: number
  private readonly period: number
  private readonly cos: Float64Array
  private readonly sin: Float64Array
  /** per node: Σ of density(x) e^(ixt) over the counts x added so far */
  private readonly withinRe: Float64Array
  private readonly withinIm: Float64Array
  /** per node: the same over all counts not yet added */
  private readonly aboveRe: Float64Array
  private readonly aboveIm: Float64Array
  /** per node: which power of the first root e^(ixt) is, for the count x to be added next */
  private readonly phase: Int32Array

  /** Begins at the count `lowest`; all counts below it are taken as impossible. */
  constructor(flows: number, members: number, lowest: number) {
    this.flows = flows
    this.members = members
    this.mean = flows / members
    // An odd period has one node that is its own conjugate, 0; all others count twice.
    this.period = Math.ceil(SPAN_DEVIATIONS * Math.sqrt(flows) + SPAN_LEAST) | 1
    this.cos = new Float64Array(this.period)
    this.sin = new Float64Array(this.period)
    const nodes = (this.period + 1) / 2
    this.withinRe = new Float64Array(nodes)
    this.withinIm = new Float64Array(nodes)
    this.aboveRe = new Float64Array(nodes)
    this.aboveIm = new Float64Array(nodes)
    this.phase = new Int32Array(nodes)
    this.fill(lowest)
  }

  private fill(lowest: number): void {
    const { period, mean } = this
    for (let i = 0; i < period; i++) {
      this.cos[i] = Math.cos((2 * Math.PI * i) / period)
      this.sin[i] = Math.sin((2 * Math.PI * i) / period)
    }
    for (let node = 0; node < this.phase.length; node++) {
      const angle = (2 * Math.PI * node) / period
      const modulus = Math.exp(-2 * mean * Math.sin(angle / 2) ** 2)
      this.aboveRe[node] = modulus * Math.cos(mean * Math.sin(angle))
      this.aboveIm[node] = modulus * Math.sin(mean * Math.sin(angle))
      this.phase[node] = (lowest * node) % period
    }
  }

  /** Moves `count` from the counts above the bound to those within it; counts come in steps of one. */
  add(count: number): void {
    const { cos, sin, withinRe, withinIm, aboveRe, aboveIm, phase, period } = this
    const density = Math.exp(logPoisson(count, this.mean))
    for (let node = 0; node < phase.length; node++) {
      const at = phase[node]!
      const re = density * cos[at]!
      const im = density * sin[at]!
      withinRe[node]! += re
      withinIm[node]! += im
      aboveRe[node]! -= re
      aboveIm[node]! -= im
      const next = at + node
      phase[node] = next < period ? next : next - period
    }
  }

  /** P(every member has at most the count added last). */
  probabilityAllWithin(): number {
    return this.probabilityOf(this.withinRe, this.withinIm)
  }

  /** P(every member has more than the count added last). */
  probabilityAllAbove(): number {
    return this.probabilityOf(this.aboveRe, this.aboveIm)
  }

  /** P(sum of k counts is N) for counts with this transform, over P(Poisson(N) = N). */
  private probabilityOf(re: Float64Array, im: Float64Array): number {
    const { cos, sin, flows, members, period } = this
    const leastSquare = NEGLIGIBLE_TERM ** (2 / members)
    let sum = 0
    for (let node = 0; node < re.length; node++) {
      let baseRe = re[node]!
      let baseIm = im[node]!
      if (baseRe * baseRe + baseIm * baseIm < leastSquare) continue
      const at = (flows * node) % period
      let powerRe = cos[at]!
      let powerIm = -sin[at]!
      for (let exponent = members; ;) {
        if (exponent & 1) {
          const rotated = powerRe * baseRe - powerIm * baseIm
          powerIm = powerRe * baseIm + powerIm * baseRe
          powerRe = rotated
        }
        exponent >>= 1
        if (exponent === 0) break
        const squared = baseRe * baseRe - baseIm * baseIm
        baseIm = 2 * baseRe * baseIm
        baseRe = squared
      }
      sum += node === 0 ? powerRe : 2 * powerRe
    }
    const coefficient = sum / period
    return Math.min(1, Math.max(0, coefficient / Math.exp(logPoisson(flows, flows))))
  }
}
