import jstat from 'jstat'
import { describe, expect, it } from 'vitest'
import {
  chiSquareLowerTail,
  chiSquareQuantile,
  chiSquareStatistic,
  chiSquareTail,
  noncentralChiSquareTail,
} from '../../src/stats/chi-square.js'

function relativeError(value: number, expected: number): number {
  return Math.abs(value / expected - 1)
}

describe('the χ² statistic', () => {
  it('is 0 for equal counts and N(k − 1) when one member has all flows', () => {
    expect(chiSquareStatistic([7, 7, 7])).toBe(0)
    expect(chiSquareStatistic([30, 0, 0])).toBe(60)
  })

  it('agrees with scipy', () => {
    // scipy.stats.chisquare([16, 18, 16, 14, 12, 12]).statistic
    expect(chiSquareStatistic([16, 18, 16, 14, 12, 12])).toBeCloseTo(2, 12)
  })
})

describe('the χ² distribution', () => {
  // [x, df, upper, lower]: mpmath 1.3 gammainc(df/2, x/2, regularized=True) at 60 digits
  it.each([
    [3.841458820694124, 1, 0.05000000000000006, 0.95],
    [11.34, 3, 0.010022517616912462, 0.9899774823830876],
    [1400, 3, 2.945619361016309e-303, 1],
    [1e-9, 3, 0.9999999999999916, 8.410441737544068e-15],
    [100, 63, 0.0020772365527847955, 0.9979227634472152],
    [300, 255, 0.02772752205390483, 0.9722724779460952],
    [2200, 255, 4.351336471877484e-306, 1],
    [5, 15, 0.992126411344519, 0.00787358865548099],
    [1370, 1, 6.942937364643268e-300, 1],
    [130, 255, 0.9999999999951251, 4.874860322961281e-12],
  ])('at x=%f, df=%d has both tails to a relative 1e-10', (x, df, upper, lower) => {
    expect(relativeError(chiSquareTail(x, df), upper)).toBeLessThan(1e-10)
    expect(relativeError(chiSquareLowerTail(x, df), lower)).toBeLessThan(1e-10)
  })

  it('agrees with jstat over the body of the distribution', () => {
    for (const df of [1, 2, 3, 7, 15, 63, 255]) {
      for (const share of [0.3, 0.7, 1, 1.1, 1.5]) {
        expect(chiSquareLowerTail(share * df, df)).toBeCloseTo(jstat.chisquare.cdf(share * df, df), 9)
      }
    }
  })

  it('is far beyond any double at last, and then 0, not NaN', () => {
    expect(chiSquareTail(3e6, 3)).toBe(0)
    expect(chiSquareTail(0, 3)).toBe(1)
  })

  // scipy.stats.chi2.isf(tail, df)
  it.each([
    [0.05, 1, 3.8414588206941285],
    [0.01, 3, 11.344866730144368],
    [0.05, 63, 82.52872654147181],
    [0.01, 255, 310.45738821990585],
    [1e-12, 15, 89.98098787409091],
    [1e-300, 3, 1388.3367738546858],
    [0.9999, 63, 29.50000929892447],
    [0.999999, 1, 1.5707963268860577e-12],
  ])('exceeds with probability %f at df=%d the quantile %f', (tail, df, x) => {
    expect(relativeError(chiSquareQuantile(tail, df), x)).toBeLessThan(1e-9)
  })
})

describe('the noncentral χ² distribution', () => {
  // [x, df, λ, tail]: the Poisson mixture summed in mpmath 1.3 at 60 digits; scipy.stats.ncx2.sf agrees
  it.each([
    [11.344866730144373, 3, 15.5, 0.801447628164218],
    [3.84, 1, 7.85, 0.8001610939114071],
    [310.457, 255, 70, 0.690404106232399],
    [5, 3, 0, 0.1717971442967331],
    [20, 3, 0.1, 0.0002278920277087151],
    [2000, 255, 1800, 0.7322379384724649],
    [90, 63, 400, 1],
  ])('at x=%f, df=%d, λ=%f has the upper tail %f', (x, df, noncentrality, tail) => {
    expect(Math.abs(noncentralChiSquareTail(x, df, noncentrality) - tail)).toBeLessThan(1e-11)
  })
})
