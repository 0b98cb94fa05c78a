import { shuffled } from '../stats/shuffle.js'

export const SERVICE_DISTRIBUTIONS = ['constant', 'exponential'] as const
export type ServiceDistribution = (typeof SERVICE_DISTRIBUTIONS)[number]

/** `cpu` keeps a core busy, `sleep` waits as for a disk or another service. */
export const SERVICE_KINDS = ['cpu', 'sleep'] as const
export type ServiceKind = (typeof SERVICE_KINDS)[number]

/** As many as make the quantiles of an exponential fine: its squared coefficient of variation comes out at 0.9999. */
const EXPONENTIAL_TIMES = 65_536

/**
 * Service times of mean 1, to be used in turn. Exponential ones are the midpoint quantiles −ln(1 − (i + ½)/n) of the
 * distribution in a seeded order: in any order they have its shape, and their mean is exact, so that a short run
 * has the utilisation that was asked for.
 */
export function serviceTimeTable(distribution: ServiceDistribution, seed: number): Float64Array {
  if (distribution === 'constant') return Float64Array.of(1)
  const times = Float64Array.from(
    shuffled(EXPONENTIAL_TIMES, seed),
    (i) => -Math.log(1 - (i + 0.5) / EXPONENTIAL_TIMES),
  )
  const mean = times.reduce((sum, time) => sum + time, 0) / EXPONENTIAL_TIMES
  return times.map((time) => time / mean)
}
