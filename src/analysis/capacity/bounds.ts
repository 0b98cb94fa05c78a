import { classifyLoad, type LoadClass, type SearchTarget } from './classification.js'

/**
 * What a trial says of the group: that the goals held, or did not, or nothing: chance hides whether they would have held for
 * long (`unclear`), the client was not able to offer this load (`limited`), or the run failed or was not valid (`void`).
 */
export type TrialOutcome = 'good' | 'bad' | 'unclear' | 'limited' | 'void'

/** A trial of a search. */
export interface SearchTrial {
  /** requests per second that were to be offered */
  loadHz: number
  /** length of its measured phase that was asked for, ns */
  durationNs: number
  outcome: TrialOutcome
  /** share of the requests that got no reply in time */
  lossShare: number
  repliesPerSecond: number
}

/** Beside the draft's classes: the trials that would decide it say nothing, so that it is none of them. */
export type SearchClass = LoadClass | 'unclear' | 'limited'

/** The ends of the interval that holds the capacity, requests per second; each absent where none was found. */
export interface Bounds {
  /** relevant lower bound: the largest lower bound below the smallest upper bound */
  lowerHz?: number
  /** relevant upper bound: the smallest upper bound */
  upperHz?: number
  /** the smallest load between the two that the client could not offer */
  limitedHz?: number
  /** loads between the two of which their trials say nothing, ascending */
  unclearHz: number[]
  classes: Map<number, SearchClass>
}

/** The trials that say something, by load. */
export function trialsByLoad(trials: readonly SearchTrial[]): Map<number, SearchTrial[]> {
  const byLoad = new Map<number, SearchTrial[]>()
  for (const trial of trials)
    if (trial.outcome !== 'void') byLoad.set(trial.loadHz, [...(byLoad.get(trial.loadHz) ?? []), trial])
  return byLoad
}

/**
 * The class of a load. Where trials that the client limited would be needed to make it an upper bound, it is none: the
 * group was not asked for as much. An unclear trial is neither good nor bad: a bound needs enough of the others.
 */
export function classOf(trials: readonly SearchTrial[], target: SearchTarget): SearchClass {
  // A short trial that says nothing is no sign of anything.
  const telling = trials.filter(
    ({ durationNs, outcome }) => outcome !== 'unclear' || durationNs >= target.finalTrialNs,
  )
  const classify = (some: readonly SearchTrial[], isBad: (outcome: TrialOutcome) => boolean): LoadClass =>
    classifyLoad(
      some.map(({ durationNs, outcome }) => ({ durationNs, bad: isBad(outcome) })),
      target,
    ).loadClass
  const pessimistic = classify(telling, (outcome) => outcome !== 'good')
  if (pessimistic !== 'upper') return pessimistic
  const offered = telling.filter(({ outcome }) => outcome !== 'limited')
  const optimistic = classify(offered, (outcome) => outcome === 'bad')
  if (optimistic === 'upper') return 'upper'
  if (offered.length < telling.length) return 'limited'
  return optimistic === 'undecided' ? 'undecided' : 'unclear'
}

/** The relevant bounds that the trials so far give for a target. */
export function boundsOf(trials: readonly SearchTrial[], target: SearchTarget): Bounds {
  const classes = new Map(
    [...trialsByLoad(trials)].map(([load, those]) => [load, classOf(those, target)] as const),
  )
  const loads = (wanted: SearchClass): number[] =>
    [...classes].filter(([, found]) => found === wanted).map(([load]) => load)
  const upperHz = Math.min(...loads('upper'))
  const lowerHz = Math.max(...loads('lower').filter((load) => load < upperHz))
  const between = (wanted: SearchClass): number[] =>
    loads(wanted).filter((load) => load > lowerHz && load < upperHz)
  const limitedHz = Math.min(...between('limited'))
  return {
    ...(Number.isFinite(lowerHz) && { lowerHz }),
    ...(Number.isFinite(upperHz) && { upperHz }),
    ...(Number.isFinite(limitedHz) && { limitedHz }),
    unclearHz: between('unclear')
      .filter((load) => load < limitedHz)
      .toSorted((a, b) => a - b),
    classes,
  }
}
