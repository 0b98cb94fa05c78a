/**
 * Load classification as the IETF's benchmarking methodology working group specifies it for Multiple Loss Ratio Search
 * (draft-ietf-bmwg-mlrsearch, Appendix A), and the conditional throughput of its Appendix B. The draft calls trials
 * high-loss and low-loss; here they are bad and good, since a goal may also be of the response time.
 */

/** What a load has to fulfil, in the draft's terms. Times in ns. */
export interface SearchTarget {
  /** goal final trial duration: shorter trials count less */
  finalTrialNs: number
  /** goal duration sum: how long a load is tried before it must be decided */
  durationSumNs: number
  /** goal exceed ratio: the share of that time that bad trials may take; below 1 */
  exceedRatio: number
}

/** A trial as classification sees it. */
export interface ClassifiedTrial {
  /** that was asked for */
  durationNs: number
  bad: boolean
}

export type LoadClass = 'lower' | 'upper' | 'undecided'

/** Sums over the trials at one load, and what follows from them; the draft's names, ns and shares. */
export interface Classification {
  fullLengthBadNs: number
  fullLengthGoodNs: number
  shortBadNs: number
  shortGoodNs: number
  /** bad time if all that is missing turns out good, and if it turns out bad, over the whole of it */
  optimisticExceedRatio: number
  pessimisticExceedRatio: number
  loadClass: LoadClass
}

/**
 * Classifies a load by the trials at it: a lower bound when even the worst that could follow within the duration sum
 * leaves it good, an upper bound when even the best does not, undecided otherwise. Of the short trials only the bad
 * ones count, and those only as far as the good ones do not balance them.
 */
export function classifyLoad(trials: readonly ClassifiedTrial[], target: SearchTarget): Classification {
  const { finalTrialNs, durationSumNs, exceedRatio } = target
  const sum = (full: boolean, bad: boolean): number =>
    trials.reduce(
      (total, trial) =>
        trial.durationNs >= finalTrialNs === full && trial.bad === bad ? total + trial.durationNs : total,
      0,
    )
  const [fullLengthBadNs, fullLengthGoodNs] = [sum(true, true), sum(true, false)]
  const [shortBadNs, shortGoodNs] = [sum(false, true), sum(false, false)]
  const balancingNs = (shortGoodNs * exceedRatio) / (1 - exceedRatio)
  const effectiveBadNs = fullLengthBadNs + Math.max(0, shortBadNs - balancingNs)
  const wholeNs = Math.max(fullLengthGoodNs + effectiveBadNs, durationSumNs)
  const pessimisticBadNs = wholeNs - fullLengthGoodNs
  const toleratedNs = wholeNs * exceedRatio
  const [optimisticIsLower, pessimisticIsLower] = [effectiveBadNs, pessimisticBadNs].map(
    (ns) => ns <= toleratedNs,
  )
  return {
    fullLengthBadNs,
    fullLengthGoodNs,
    shortBadNs,
    shortGoodNs,
    optimisticExceedRatio: effectiveBadNs / wholeNs,
    pessimisticExceedRatio: pessimisticBadNs / wholeNs,
    loadClass: optimisticIsLower ? (pessimisticIsLower ? 'lower' : 'undecided') : 'upper',
  }
}

/**
 * The forwarding rate, per second, that one may expect at a load: that of the full-length trial which stands, sorted
 * from the least loss, at 1 − exceed ratio of the time; what is missing of the duration sum counts as lost.
 * @param trials at this load, with the share of their requests that got no reply in time
 */
export function conditionalThroughput(
  loadHz: number,
  trials: readonly { durationNs: number; lossShare: number }[],
  { finalTrialNs, durationSumNs, exceedRatio }: SearchTarget,
): number | undefined {
  const full = trials
    .filter(({ durationNs }) => durationNs >= finalTrialNs)
    .toSorted((a, b) => a.lossShare - b.lossShare)
  if (full.length === 0) return undefined
  const fullNs = full.reduce((total, { durationNs }) => total + durationNs, 0)
  let remainingNs = Math.max(durationSumNs, fullNs) * (1 - exceedRatio)
  let lossShare = full[0]!.lossShare
  for (const trial of full) {
    if (remainingNs <= 0) break
    lossShare = trial.lossShare
    remainingNs -= trial.durationNs
  }
  if (remainingNs > 0) lossShare = 1
  return loadHz * (1 - lossShare)
}
