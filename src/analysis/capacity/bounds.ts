import { classifyLoad, type LoadClass, type SearchTarget } from './classification.js'

/**
 * What a trial says of the group: that the goals held, or did not, or (`limited`) nothing, since the client was not
 * able to offer this load, or (`void`) nothing, since the run failed or was not valid.
 */
export type TrialOutcome = 'good' | 'bad' | 'limited' | 'void'

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

/** Beside the draft's classes: the client could not offer it, so that it is none of them. */
export type SearchClass = LoadClass | 'limited'

/** The ends of the interval that holds the capacity, requests per second; each absent where none was found. */
export interface Bounds {
  /** relevant lower bound: the largest lower bound below the smallest upper bound */
  lowerHz?: number
  /** relevant upper bound: the smallest upper bound */
  upperHz?: number
  /** the smallest load between the two that the client could not offer */
  limitedHz?: number
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
 * group was not asked for as much.
 */
export function classOf(trials: readonly SearchTrial[], target: SearchTarget): SearchClass {
  const pessimistic = classifyLoad(
    trials.map(({ durationNs, outcome }) => ({ durationNs, bad: outcome !== 'good' })),
    target,
  ).loadClass
  if (pessimistic !== 'upper') return pessimistic
  const known = trials
    .filter(({ outcome }) => outcome !== 'limited')
    .map(({ durationNs, outcome }) => ({ durationNs, bad: outcome === 'bad' }))
  return classifyLoad(known, target).loadClass === 'upper' ? 'upper' : 'limited'
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
  const limitedHz = Math.min(...loads('limited').filter((load) => load > lowerHz && load < upperHz))
  return {
    ...(Number.isFinite(lowerHz) && { lowerHz }),
    ...(Number.isFinite(upperHz) && { upperHz }),
    ...(Number.isFinite(limitedHz) && { limitedHz }),
    classes,
  }
}
