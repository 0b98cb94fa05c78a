import { describe, expect, it } from 'vitest'
import { logGamma, logPoisson, logRegularisedGamma } from '../../src/stats/gamma.js'

/** [a, x, ln P(a, x), ln Q(a, x)]: mpmath 1.3 gammainc(…, regularized=True) at 60 digits. */
const INCOMPLETE: [number, number, number, number][] = [
  [0.5, 0.1, -1.0634020471545287, -0.4235463234759657],
  [0.5, 1.49, -0.08806568428894683, -2.4733820450523893],
  [0.5, 1.6, -0.07649048359562217, -2.6085904139265486],
  [0.5, 50, -1.523970604832105e-23, -52.53813796995252],
  [0.5, 680, 0, -683.8341452893612],
  [1.5, 3, -0.11834469658991081, -2.1927426105195527],
  [1.5, 690, 0, -686.6101481118942],
  [1.5, 1e-6, -21.007949307419295, -7.522523269951111e-10],
  [7.5, 2, -6.091216002073843, -0.002265219520695023],
  [7.5, 8.4, -0.40191198631776887, -1.1057566320420007],
  [7.5, 8.6, -0.3667969788857465, -1.1807457018497425],
  [7.5, 720, 0, -684.7601753156304],
  [31.5, 5, -33.957801594622396, -1.7877803103817136e-15],
  [31.5, 40, -0.0756889790209053, -2.618728516715559],
  [31.5, 800, 0, -672.4517207685326],
  [127.5, 60, -31.326154788538933, -2.484413246047956e-14],
  [127.5, 127.5, -0.6698653612469847, -0.7169839898251368],
  [127.5, 129, -0.572209991197075, -0.8307485872594317],
  [127.5, 1090, 0, -694.2746245153841],
  [511.5, 1500, 0, -442.8892090242844],
  [511.5, 200, -172.35782811598833, 0],
  [16383.5, 16000, -6.6644393014245535, -0.001276285687043964],
  [16383.5, 16500, -0.199972418115205, -1.7078963883227474],
  [16383.5, 21500, 0, -668.429763785638],
  [16383.5, 12000, -722.2521102598469, 0],
]

/** The relative error of a value is the absolute one of its log; where it is near 1, the log's own is held small too. */
function logError(log: number, expected: number): number {
  return Math.abs(log - expected) / (expected === 0 ? 1 : Math.min(1, -expected))
}

describe('the incomplete gamma function', () => {
  it.each(INCOMPLETE)('at a=%f, x=%f has both tails to a relative 1e-10', (a, x, logLower, logUpper) => {
    const result = logRegularisedGamma(a, x)
    expect(logError(result.logLower, logLower)).toBeLessThan(1e-10)
    expect(logError(result.logUpper, logUpper)).toBeLessThan(1e-10)
  })

  it('at x = 0 has everything above', () => {
    expect(logRegularisedGamma(2, 0).logLower).toBe(-Infinity)
    expect(Math.exp(logRegularisedGamma(2, 0).logUpper)).toBe(1)
  })

  it.each([
    [0, 1],
    [1, -1],
    [Number.NaN, 1],
    [1, Infinity],
  ])('refuses a=%f, x=%f instead of looping', (a, x) => {
    expect(() => logRegularisedGamma(a, x)).toThrow(RangeError)
  })
})

describe('the gamma function', () => {
  // mpmath 1.3 loggamma at 60 digits
  it.each([
    [1e-3, 6.907178885383853],
    [0.5, 0.5723649429247001],
    [1, 0],
    [1.5, -0.12078223763524522],
    [2, 0],
    [3.7, 1.428072326665388],
    [14.9, 24.924132002217277],
    [15.1, 25.458999750992664],
    [127.5, 489.1303704306428],
    [16384, 142603.39460147356],
    [1e6, 12815504.569147613],
  ])('has the logarithm of %f', (a, expected) => {
    expect(Math.abs(logGamma(a) - expected)).toBeLessThan(1e-14 * Math.max(1, expected))
  })
})

describe('the Poisson probability', () => {
  it('is that of nothing at mean 0, and e^−mean for a count of 0', () => {
    expect(logPoisson(0, 0)).toBeCloseTo(0, 15)
    expect(logPoisson(3, 0)).toBe(-Infinity)
    expect(logPoisson(0, 2.5)).toBe(-2.5)
  })

  it('adds up to 1 at small and large means', () => {
    for (const mean of [0.004, 1, 39.0625, 2500]) {
      const reach = 12 * Math.sqrt(mean) + 30
      let sum = 0
      for (let n = Math.max(0, Math.floor(mean - reach)); n <= mean + reach; n++) {
        sum += Math.exp(logPoisson(n, mean))
      }
      expect(sum).toBeCloseTo(1, 12)
    }
  })
})
