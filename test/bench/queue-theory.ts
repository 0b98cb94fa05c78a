import type { Arrivals } from '../../src/plan/schedule.js'
import type { ServiceDistribution } from '../../src/plan/service-times.js'

interface Server {
  /** offered load over what it can do */
  utilisation: number
  /** requests that it holds at most, the one in service among them */
  places: number
  arrivals: Arrivals
  distribution: ServiceDistribution
}

/**
 * The share of requests that find the places of one server taken, in the long run. D/D/1/K by counting; M/M/1/K by its formula
 * (L. Kleinrock, Queueing Systems I, 1975, section 3.6); D/M/1/K by the chain at the arrivals, where between two of them the
 * number of requests that could be served is Poisson (section 6.3, with an end); M/D/1/K by the chain at the departures
 * (H. Takagi, Queueing Analysis 2, 1993, section 5.1).
 */
export function lossShare({ utilisation, places, arrivals, distribution }: Server): number {
  const u = utilisation
  if (distribution === 'constant' && arrivals === 'constant') return Math.max(0, 1 - 1 / u)
  if (distribution === 'exponential' && arrivals === 'poisson')
    return Math.abs(u - 1) < 1e-9 ? 1 / (places + 1) : ((1 - u) * u ** places) / (1 - u ** (places + 1))
  return distribution === 'exponential' ? lossOfConstantArrivals(u, places) : lossOfConstantService(u, places)
}

function poisson(mean: number, most: number): number[] {
  const probabilities = [Math.exp(-mean)]
  for (let n = 1; n <= most; n++) probabilities.push((probabilities[n - 1]! * mean) / n)
  return probabilities
}

const MOST_BETWEEN = 40

/** Found by arrivals, from the full queue down, each state from those above: what enters `n` came from `n − 1` or above. */
function lossOfConstantArrivals(utilisation: number, places: number): number {
  const served = poisson(1 / utilisation, MOST_BETWEEN)
  const found = new Float64Array(places + 1)
  found[places] = 1
  for (let n = places; n > 0; n--) {
    let rest = found[n]!
    for (let i = n; i <= Math.min(places, n + MOST_BETWEEN - 1); i++)
      rest -= found[i]! * served[Math.min(i + 1, places) - n]!
    found[n - 1] = Math.max(0, rest / served[0]!)
  }
  return found[places] / found.reduce((sum, p) => sum + p, 0)
}

/** Left behind by departures, from the empty queue up. */
function lossOfConstantService(utilisation: number, places: number): number {
  const came = poisson(utilisation, MOST_BETWEEN)
  const left = new Float64Array(places)
  left[0] = 1
  for (let n = 0; n < places - 1; n++) {
    let rest = left[n]! - (n <= MOST_BETWEEN ? left[0] * came[n]! : 0)
    for (let i = Math.max(1, n + 1 - MOST_BETWEEN); i <= n; i++) rest -= left[i]! * came[n - i + 1]!
    left[n + 1] = Math.max(0, rest / came[0]!)
  }
  return 1 - 1 / (left[0] / left.reduce((sum, p) => sum + p, 0) + utilisation)
}

/**
 * The load, per second, at which a group loses this share of its requests in the long run: each member gets its share of them, and
 * serves at most so many a second.
 */
export function trueCapacityHz(
  members: readonly { share: number; rateHz: number }[],
  limit: number,
  server: Omit<Server, 'utilisation'>,
): number {
  const lost = (loadHz: number): number =>
    members.reduce(
      (sum, { share, rateHz }) =>
        sum + share * lossShare({ ...server, utilisation: (loadHz * share) / rateHz }),
      0,
    )
  const busiest = Math.min(...members.filter(({ share }) => share > 0).map((m) => m.rateHz / m.share))
  let [low, high] = [0.8 * busiest, 2 * busiest]
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2
    if (lost(middle) < limit) low = middle
    else high = middle
  }
  return low
}
