import { boundsOf, trialsByLoad, type Bounds, type SearchTrial } from './bounds.js'
import type { SearchTarget } from './classification.js'

/** A search for one group: its goal and where to look. Loads are requests per second. */
export interface SearchSettings extends SearchTarget {
  /** goal width: how far apart the bounds may be, as a share of the upper one */
  width: number
  /** goal initial trial duration, ns */
  initialTrialNs: number
  leastHz: number
  mostHz: number
}

/**
 * Why a search ended: `goal-width`, its bounds are close enough; `unclear`, between its bounds chance hides what loads do;
 * `max-load` and `min-load`, the goals hold at the
 * greatest load, or not even at the least; `generator`, the client cannot offer more; `trials` and `time`, its
 * bounds were reached first; `failed`, too many runs said nothing.
 */
export type SearchStop =
  'goal-width' | 'unclear' | 'max-load' | 'min-load' | 'generator' | 'trials' | 'time' | 'failed'

export type SearchStep = { next: { loadHz: number; durationNs: number } } | { stop: SearchStop }

/** A search that has not come to its end by then never will. */
export const MOST_TRIALS = 60
/** Over all trials, in final trial durations. */
const MOST_TIME = 40
const MOST_VOID = 3
/** Coarse intervals cost little: short trials decide alone, and the bounds may be four times as far apart. */
const PHASES = 3
/** Loads are told apart to so many digits; what differs less is the same load. */
const DIGITS = 4
/** A step of the search for a first bound is at most this factor. */
const MOST_STEP = 4

interface Phase extends SearchTarget {
  width: number
}

/** From short trials, one of which decides, and a wide interval, to the goal itself. */
function phasesOf({
  initialTrialNs,
  finalTrialNs,
  durationSumNs,
  exceedRatio,
  width,
}: SearchSettings): Phase[] {
  const initialNs = Math.min(initialTrialNs, finalTrialNs)
  return Array.from({ length: PHASES }, (_, i) => {
    const trialNs = Math.round(initialNs * (finalTrialNs / initialNs) ** (i / (PHASES - 1)))
    const last = i === PHASES - 1
    return {
      finalTrialNs: last ? finalTrialNs : trialNs,
      durationSumNs: last ? durationSumNs : trialNs,
      exceedRatio,
      width: width * 2 ** (PHASES - 1 - i),
    }
  })
}

/**
 * The next trial of a search, or why there is none: a function of the trials so far and of nothing else, so that a
 * search can be stopped and taken up again. Phase by phase, with trials that get longer and an interval that gets
 * narrower, it first confirms what the phase before has found, then doubles its steps until both bounds are there,
 * then halves the interval (on a scale of ratios). The first trial is at the greatest load, the second at the rate at
 * which replies came there (the forwarding rate at maximum offered load of RFC 2285).
 */
export function nextStep(trials: readonly SearchTrial[], settings: SearchSettings): SearchStep {
  if (trials.filter(({ outcome }) => outcome === 'void').length >= MOST_VOID) return { stop: 'failed' }
  let hints: number[] = []
  let bounds: Bounds = { unclearHz: [], classes: new Map() }
  for (const phase of phasesOf(settings)) {
    bounds = boundsOf(trials, phase)
    const loadHz = loadOf(phase, bounds, hints, trials, settings)
    if (loadHz !== undefined) {
      if (trials.length >= MOST_TRIALS) return { stop: 'trials' }
      const spentNs = trials.reduce((sum, { durationNs }) => sum + durationNs, 0)
      if (spentNs >= MOST_TIME * settings.finalTrialNs) return { stop: 'time' }
      return { next: { loadHz, durationNs: phase.finalTrialNs } }
    }
    hints = [bounds.lowerHz, ceilingOf(bounds)].filter((hint) => hint !== undefined)
  }
  return { stop: reasonOf(bounds, settings.width) }
}

function ceilingOf({ upperHz, limitedHz }: Bounds): number | undefined {
  return limitedHz ?? upperHz
}

function reasonOf({ lowerHz, upperHz, limitedHz, unclearHz }: Bounds, width: number): SearchStop {
  if (limitedHz !== undefined) return 'generator'
  if (unclearHz.length > 0 && !isNarrow(lowerHz, upperHz, width)) return 'unclear'
  if (upperHz === undefined) return 'max-load'
  return lowerHz === undefined ? 'min-load' : 'goal-width'
}

function isNarrow(lowerHz: number | undefined, ceiling: number | undefined, width: number): boolean {
  return lowerHz !== undefined && ceiling !== undefined && (ceiling - lowerHz) / ceiling <= width
}

/** What is known of a part of the loads: its ends, each absent where none was found. */
interface Gap extends Pick<Bounds, 'classes'> {
  lowerHz: number | undefined
  ceiling: number | undefined
}

/**
 * Where the phase wants to know more; undefined when its interval is narrow enough, or has no room. Loads that are unclear stay
 * so: the interval is then narrowed from below and from above, up to them.
 */
function loadOf(
  phase: Phase,
  bounds: Bounds,
  hints: readonly number[],
  trials: readonly SearchTrial[],
  settings: SearchSettings,
): number | undefined {
  const { lowerHz, unclearHz, classes } = bounds
  const ceiling = ceilingOf(bounds)
  if (isNarrow(lowerHz, ceiling, phase.width)) return undefined
  const below = loadIn({ lowerHz, ceiling: unclearHz[0] ?? ceiling, classes }, phase, hints, trials, settings)
  const highest = unclearHz.at(-1)
  return below === undefined && highest !== undefined
    ? loadIn({ lowerHz: highest, ceiling, classes }, phase, hints, trials, settings)
    : below
}

function loadIn(
  { lowerHz, ceiling, classes }: Gap,
  phase: Phase,
  hints: readonly number[],
  trials: readonly SearchTrial[],
  { leastHz, mostHz }: SearchSettings,
): number | undefined {
  if (lowerHz === undefined ? ceiling === leastHz : ceiling === undefined && lowerHz === mostHz)
    return undefined
  if (isNarrow(lowerHz, ceiling, phase.width)) return undefined
  const isOpen = (load: number): boolean =>
    load > (lowerHz ?? 0) &&
    load < (ceiling ?? Infinity) &&
    (classes.get(load) ?? 'undecided') === 'undecided'
  const measured = [...trialsByLoad(trials)]
    .filter(([, those]) => those.some(({ durationNs }) => durationNs >= phase.finalTrialNs))
    .map(([load]) => load)
  // What was begun is decided first, and of two candidates the smaller: its result also rules out more.
  const [candidate] = [...measured, ...hints].filter((load) => isOpen(load)).toSorted((a, b) => a - b)
  if (candidate !== undefined) return candidate
  const within = (load: number): number =>
    Math.min(mostHz, Math.max(leastHz, Number(load.toPrecision(DIGITS))))
  if (lowerHz !== undefined && ceiling !== undefined) {
    const middle = within(Math.sqrt(lowerHz * ceiling))
    return middle > lowerHz && middle < ceiling ? middle : undefined
  }
  if (lowerHz !== undefined) {
    const steps = measured.filter((load) => classes.get(load) === 'lower').length
    return Math.max(within(lowerHz * stepOf(phase, steps)), Math.min(mostHz, lowerHz + 1))
  }
  if (ceiling === undefined) return mostHz
  const rate = forwardingRate(trials, ceiling)
  if (rate !== undefined && rate >= leastHz && rate <= ceiling / (1 + phase.width)) return within(rate)
  const steps = measured.filter((load) => classes.get(load) !== 'lower' && load !== mostHz).length
  return Math.min(within(ceiling / stepOf(phase, steps)), Math.max(leastHz, ceiling - 1))
}

/** Steps away from a bound double with each of this phase that was of no avail, on a scale of ratios. */
function stepOf({ width }: Phase, steps: number): number {
  return Math.min(MOST_STEP, (1 + width) ** (2 ** Math.max(0, steps - 1)))
}

/** Replies per second at a load, by the longest of its trials. */
function forwardingRate(trials: readonly SearchTrial[], loadHz: number): number | undefined {
  const there = (trialsByLoad(trials).get(loadHz) ?? []).toSorted((a, b) => b.durationNs - a.durationNs)
  return there[0]?.repliesPerSecond
}
