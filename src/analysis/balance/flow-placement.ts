import type { Balance } from '../../result/run-result.js'

/** Requests on a set of flows: how many flows, the requests sent on them, and the sum of their squares. */
export interface FlowRequests {
  flows: number
  sent: number
  squares: number
}

export interface PlacementInput {
  /** [members]: flows that the member answered, and the requests sent on them */
  answered: readonly number[]
  sentOnAnswered: readonly number[]
  /** [members]: requests that came to the member's socket: taken, dropped there, or left there */
  offered: readonly number[]
  /** flows that were asked and never answered */
  unanswered: FlowRequests
  /** all flows that were asked */
  asked: FlowRequests
  /** whether how often a flow is asked follows a schedule alone, and not replies or weights */
  scheduled: boolean
  /** flows that were answered by more than one member */
  moved: number
  /** [members]: unanswered flows that their hash puts there; absent where it was not seen or does not place flows */
  byHash?: readonly number[]
}

/** Where flows were put, as far as it can be known. */
export interface FlowPlacement {
  /** [members]: whole flows put there; those that were answered where `known` is false */
  counts: number[]
  basis: Balance['basis']
  /** of the flows that were asked: the share whose member did not answer, so that nobody saw where each of them is */
  unansweredShare: number
  /** whether the counts are near enough to be tested */
  known: boolean
}

interface Candidate {
  basis: Balance['basis']
  counts: number[]
  /** sum over members of the square of what the count may be wrong by, flows² */
  squaredError: number
}

/**
 * What errors of the counts may add to χ², as a part of its mean, which is its degrees of freedom: at 5 % a test at
 * alpha 0.01 of four members has an alpha of 0.012.
 */
const MOST_INFLATION = 0.05

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

/**
 * How many flows were put at each member, answered or not. Answered flows alone are no fair sample once requests are
 * lost: each member answers as many flows as its queue holds, however many it has. What is known besides:
 *
 * - `hash`: the hash of each flow, where it was observed, names its member.
 * - `reckoned`: every request of a flow comes to the same socket, and what came to each socket was counted (taken,
 *   dropped, left). What came there beyond the requests on flows that its member answered came on unanswered ones;
 *   over the mean number of requests of an unanswered flow, that is how many they are. It is exact where all were asked
 *   equally often. Otherwise each count has the variance CV² · u of a sum of u unequal flows, and, since flows that
 *   were asked more often are more seldom unanswered and members lose unequally, up to about CV · u of bias.
 * - `reckoned` too, where a schedule alone says how often a flow is asked: the requests of all flows together, whose
 *   sum at a member is that of a fair draw of flows with these weights. With c = Σs / Σs² requests count as
 *   (Σs)² / Σs² flows of equal weight, with no bias at all (see FlowRequests; `effectiveFlows` of the packets).
 * - `answered`: the answered flows alone, while the others are so few that wherever they are it does not matter.
 *
 * The first of these whose error is small against chance is taken. Where none is, nothing is known.
 */
export function placeFlows(input: PlacementInput): FlowPlacement {
  const { answered, unanswered, asked } = input
  const unansweredShare = asked.flows > 0 ? unanswered.flows / asked.flows : 0
  if (unanswered.flows === 0)
    return { counts: [...answered], basis: 'answered', unansweredShare, known: true }
  const found = [...hashed(input), ...reckoned(input), ...byRequests(input), answeredAlone(input)].find(
    isNear,
  )
  return found
    ? { counts: found.counts, basis: found.basis, unansweredShare, known: true }
    : { counts: [...answered], basis: 'answered', unansweredShare, known: false }
}

function isNear({ counts, squaredError }: Candidate): boolean {
  const expected = sum(counts) / counts.length
  return squaredError <= MOST_INFLATION * (counts.length - 1) * expected
}

/** Square of the error where so many flows may all be at one member: their distance from an even spread. */
function squareOfUnplaced(flows: number, members: number): number {
  return flows ** 2 * (1 - 1 / members)
}

function hashed({ answered, unanswered, byHash }: PlacementInput): Candidate[] {
  if (byHash === undefined) return []
  const counts = answered.map((flows, index) => flows + byHash[index]!)
  const unplaced = unanswered.flows - sum(byHash)
  return [{ basis: 'hash', counts, squaredError: squareOfUnplaced(unplaced, counts.length) }]
}

/** Requests that came to no socket that is known: lost on the way, or at a front ahead of all members. */
const missingOf = ({ asked, offered }: PlacementInput): number => Math.abs(asked.sent - sum(offered))

function reckoned(input: PlacementInput): Candidate[] {
  const { answered, sentOnAnswered, offered, unanswered, moved } = input
  if (moved > 0) return []
  const mean = unanswered.sent / unanswered.flows
  const surplus = offered.map((requests, index) => requests - sentOnAnswered[index]!)
  const unexplained = missingOf(input) + sum(surplus.map((requests) => Math.max(0, -requests)))
  const each = surplus.map((requests) => Math.max(0, requests) / mean)
  const squaredVariation = Math.max(0, unanswered.squares / unanswered.flows / mean ** 2 - 1)
  return [
    {
      basis: 'reckoned',
      counts: answered.map((flows, index) => flows + Math.round(each[index]!)),
      squaredError:
        squaredVariation * sum(each.map((flows) => flows + flows ** 2)) +
        squareOfUnplaced(unexplained / mean, answered.length),
    },
  ]
}

function byRequests(input: PlacementInput): Candidate[] {
  const { offered, asked, scheduled, moved } = input
  if (!scheduled || moved > 0) return []
  const flowsPerRequest = asked.sent / asked.squares
  return [
    {
      basis: 'reckoned',
      counts: offered.map((requests) => Math.round(requests * flowsPerRequest)),
      squaredError: squareOfUnplaced(missingOf(input) * flowsPerRequest, offered.length),
    },
  ]
}

function answeredAlone({ answered, unanswered }: PlacementInput): Candidate {
  return {
    basis: 'answered',
    counts: [...answered],
    squaredError: squareOfUnplaced(unanswered.flows, answered.length),
  }
}
