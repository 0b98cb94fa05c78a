import type { TrialQueue } from '../../result/sweep-result.js'

/**
 * What the queues of a trial say of its load: `steady`, they did not fill; `grew`, a longer trial would break the goal;
 * `unclear`, chance alone may have made what was seen, either way.
 */
export type QueueTrend = 'steady' | 'grew' | 'unclear'

/**
 * A queue at its limit is a random walk that is reflected at zero: reflected Brownian motion, in units of its standard
 * deviation σ over the trial. Its time average is below 0.18 σ in 5 % of trials, its end above 1.5 σ in 13 % (simulated;
 * the end is |N|), so that two of three trials err in 1 % and 5 %. Of loads that are 2 σ away, trials tell 53 % below and 79 %
 * above; 3 σ away, 81 % and 96 %.
 */
const STEADY_AVERAGE = 0.18
const GROWN_END = 1.5
/** Beside chance, an excess that is of no account for the goal: this share of its width. */
const NO_ACCOUNT = 0.02
/** From the least load that is told to be too much to the greatest that is told not to be, in σ. */
const TOLD_APART = 4

/**
 * Whether queues grew while the load lasted.
 * @param tolerated share of all requests that may stay without a reply
 * @param width of the goal
 */
export function queueTrend(queues: readonly TrialQueue[], tolerated: number, width: number): QueueTrend {
  const tolerance = tolerated * queues.reduce((sum, { requests }) => sum + requests, 0)
  // The highest of several ends is higher by chance: as the maximum of so many normal values grows.
  const ends = Math.sqrt(GROWN_END ** 2 + 2 * Math.log(Math.max(1, queues.length)))
  const grown = queues.reduce((sum, queue) => {
    const usual = queue.inFlightUnqueued + NO_ACCOUNT * width * queue.requests + ends * queue.deviation
    return sum + Math.max(0, queue.backlog - usual)
  }, 0)
  if (grown > tolerance) return 'grew'
  const open = queues
    .filter((queue) => !isSteady(queue, width))
    .reduce((sum, { backlog, deviation }) => sum + backlog + ends * deviation, 0)
  return open <= tolerance ? 'steady' : 'unclear'
}

function isSteady({ inFlight, inFlightUnqueued, requests, deviation }: TrialQueue, width: number): boolean {
  return inFlight <= inFlightUnqueued + NO_ACCOUNT * width * requests + STEADY_AVERAGE * deviation
}

/** The queue to which most came. */
export function busiest(queues: readonly TrialQueue[]): TrialQueue | undefined {
  return queues.toSorted((a, b) => b.requests - a.requests)[0]
}

/** How long such a trial takes until an excess of `width` has filled the queue, ns. */
export function fillNs(capacity: number, requests: number, trialNs: number, width: number): number {
  return Math.round((capacity * trialNs) / (width * requests))
}

/** How long a trial has to be so that chance hides no more than half of the goal width, ns. */
export function tellingNs({ requests, deviation }: TrialQueue, trialNs: number, width: number): number {
  return Math.round(trialNs * ((2 * TOLD_APART * deviation) / (width * requests)) ** 2)
}
