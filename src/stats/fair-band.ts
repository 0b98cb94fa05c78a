import { chiSquareQuantile } from './chi-square.js'
import { type Band, fairExtremes } from './extremes.js'
import { logGamma } from './gamma.js'

/**
 * Bound on N/√k up to which the extremes are computed as they are (about 0.1 s). At larger N their distance from the
 * mean in units of √mean has settled, and is taken over from the bound: max/mean and min/mean are then within
 * 5e-5 of the exact value up to a million flows, and closer beyond.
 */
const EXACT_WORK = 100_000

/** The band of each effect size under a fair hash. */
export interface FairBand {
  maxOverMean: Band
  minOverMean: Band
  cv: Band
}

/**
 * What a fair hash gives for `flows` (≥ 1) over `members` (≥ 1): the expected value, and the value that 95 % and
 * 99 % of fair runs keep to. For max/mean and cv that is an upper bound; for min/mean a lower one.
 *
 * max and min come from the exact distribution (see `fairExtremes`). cv = √(χ²/N), from the χ² distribution; where the expected count is
 * too small for it, pass `fairDraws`, the χ² statistics of fair draws in ascending order, and they are used instead.
 *
 * @param groups into so many alike parts flows and members are divided, so that each flow falls on its own part
 */
export function fairBand(flows: number, members: number, fairDraws?: Float64Array, groups = 1): FairBand {
  if (members === groups) {
    const always: Band = { expected: 1, p95: 1, p99: 1 }
    return { maxOverMean: always, minOverMean: always, cv: fairCv(flows, 1) }
  }
  const computed = Math.min(flows, Math.floor(EXACT_WORK * Math.sqrt(members)))
  const mean = computed / members
  const shrink = Math.sqrt(computed / flows)
  const { max, min } = extremesOf(computed, members, groups)
  const overMean = (count: number): number => 1 + (count / mean - 1) * shrink
  return {
    maxOverMean: mapBand(max, overMean),
    minOverMean: mapBand(min, overMean),
    cv: fairCv(flows, members - groups + 1, fairDraws),
  }
}

/** Those of the last group: repetitions, runs of a sweep and simulated groups ask for the same again, each time 1 to 100 ms. */
let last:
  { flows: number; members: number; groups: number; extremes: ReturnType<typeof fairExtremes> } | undefined

function extremesOf(flows: number, members: number, groups: number): ReturnType<typeof fairExtremes> {
  if (last?.flows !== flows || last.members !== members || last.groups !== groups)
    last = { flows, members, groups, extremes: fairExtremes(flows, members, groups) }
  return last.extremes
}

/**
 * The cv part of the above on its own. `flows` may be the effective number of flows of unequal weight, since CV² · F_eff
 * is distributed like CV² · N; it need not be whole.
 */
export function fairCv(flows: number, members: number, fairDraws?: Float64Array): Band {
  if (members === 1) return { expected: 0, p95: 0, p99: 0 }
  return fairDraws === undefined ? cvFromChiSquare(flows, members - 1) : cvFromDraws(flows, fairDraws)
}

function mapBand(band: Band, change: (value: number) => number): Band {
  return { expected: change(band.expected), p95: change(band.p95), p99: change(band.p99) }
}

/** The mean of χ, the root of χ², is √2 Γ((df + 1) / 2) / Γ(df / 2). */
function cvFromChiSquare(flows: number, df: number): Band {
  const meanChi = Math.SQRT2 * Math.exp(logGamma((df + 1) / 2) - logGamma(df / 2))
  return {
    expected: meanChi / Math.sqrt(flows),
    p95: Math.sqrt(chiSquareQuantile(0.05, df) / flows),
    p99: Math.sqrt(chiSquareQuantile(0.01, df) / flows),
  }
}

function cvFromDraws(flows: number, sorted: Float64Array): Band {
  const cv = (chiSquare: number): number => Math.sqrt(Math.max(0, chiSquare) / flows)
  const quantile = (share: number): number => cv(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
  return {
    expected: sorted.reduce((sum, chiSquare) => sum + cv(chiSquare), 0) / sorted.length,
    p95: quantile(0.95),
    p99: quantile(0.99),
  }
}
