import type { CapacityGoal } from '../analysis/capacity/capacity.js'
import { RpbenchError, usageError } from '../errors.js'
import { independentRuns, prepareTraffic } from '../experiment/traffic.js'
import { parseAxis, type Axis } from '../plan/axis.js'
import type { GoalCondition } from '../plan/goal-conditions.js'
import { RUN_PARAMETERS } from '../plan/parameters/run.js'
import { SWEEP_PARAMETERS } from '../plan/parameters/sweep.js'
import {
  defaultOf,
  defaultText,
  flagOf,
  keysOf,
  PARAMETERS,
  readParameter,
  type KeysOf,
  type RunParameterKey,
} from '../plan/parameters/table.js'
import { combinationsOf, orderOf, type SweepPlan, type SweepPoint } from '../plan/sweep-plan.js'
import { formatCount } from '../units/format.js'
import { readTexts, type Asked, type FlagTexts } from '../plan/parameters/texts.js'
import { planRun } from './plan-run.js'

/** The parameters of its runs. */
const RUN_KEYS = keysOf('sweep').filter((key): key is RunParameterKey & KeysOf<'sweep'> =>
  Object.hasOwn(RUN_PARAMETERS, key),
)
const MOST_RUNS = 5000
/** What a trial decides by itself is not worth a repetition: two of three agree at a ratio of one half. */
const DURATION_SUM = 3
const INITIAL_SHARE = 0.25
const LEAST_INITIAL_NS = 500e6

export type SweepTexts = FlagTexts<'sweep'>

const OWN_KEYS = Object.keys(SWEEP_PARAMETERS) as (keyof typeof SWEEP_PARAMETERS)[]

/** Whether a run's parameter can have several values: all but those that are given or not. */
const isAxis = (key: RunParameterKey): boolean => PARAMETERS[key].kind.name !== 'switch'

function axisOf(key: RunParameterKey, text: string): Axis {
  const { flag, kind } = PARAMETERS[key]
  const axis = parseAxis(text, { flag, kind })
  for (const value of axis.values) readParameter(key, value, 'sweep')
  return axis
}

/** What a sweep needs to know, whether from the command line or from a file that is resumed. */
export interface PlannedSweep {
  plan: SweepPlan
  goal: CapacityGoal | undefined
  /** as given, so that the same plan can be made again */
  supplied: Record<string, string>
}

/**
 * Reads the parameters of a sweep, and checks every point of it for this host.
 * @throws RpbenchError (wrong usage) naming the flag, also where no point makes sense
 */
export function planSweep(flags: SweepTexts): PlannedSweep {
  const { asked, supplied } = readTexts('sweep', OWN_KEYS, flags)
  const searched = flags.find !== undefined
  if (searched) refuseBesideSearch(flags)
  else
    for (const key of ['goalWidth', 'exceedRatio'] as const)
      if (asked[key] !== undefined) throw usageError(`${flagOf(key)} goes with ${flagOf('find')}.`)
  const constant: Record<string, string | boolean> = {}
  const axes: Axis[] = []
  for (const key of RUN_KEYS) {
    const { flag } = PARAMETERS[key]
    const text = flags[flag]
    if (text === undefined || text === false) continue
    supplied[flag] = String(text)
    if (!isAxis(key)) constant[flag] = true
    if (!isAxis(key) || (searched && key === 'rateHz')) continue
    const axis = axisOf(key, String(text))
    if (axis.values.length > 1) axes.push(axis)
    else constant[flag] = axis.values[0]!
  }
  if (flags.duration === undefined && flags.requests === undefined)
    constant[PARAMETERS.durationNs.flag] = defaultText('durationNs', 'sweep')
  // Any rate: trials bring their own, but a plan without one is of a closed loop.
  if (searched) constant[PARAMETERS.rateHz.flag] = '1k'
  const repeat = searched ? 1 : (asked.repeat ?? defaultOf('repeat', 'sweep'))
  const combinations = axes.reduce((product, { values }) => product * values.length, 1)
  if (combinations * repeat > MOST_RUNS)
    throw usageError(
      `${formatCount(combinations)} combinations × ${plainRepeat(repeat)} make ${formatCount(combinations * repeat)} runs: ${formatCount(MOST_RUNS)} at most; leave out values${repeat > 1 ? `, or lower ${flagOf('repeat')}` : ''}.`,
    )
  const points: SweepPoint[] = []
  const skipped: SweepPlan['skipped'] = []
  let refused: RpbenchError | undefined
  for (const combination of combinationsOf(axes)) {
    try {
      const { plan } = planRun({ ...constant, ...combination })
      prepareTraffic(plan)
      points.push({ index: points.length, flags: combination, plan })
    } catch (error) {
      if (!(error instanceof RpbenchError)) throw error
      refused ??= error
      skipped.push({ flags: combination, reason: error.message })
    }
  }
  if (points.length === 0) throw refused!
  const order = orderOf(points.length, repeat, points[0]!.plan.seed)
  const independent = Math.min(...points.map((point) => independentRuns(point.plan) ?? Infinity))
  return {
    plan: {
      axes,
      points,
      skipped,
      repeat,
      order,
      ...(independent < repeat && { independentRuns: independent }),
    },
    goal: asked.find && goalOf(asked.find, asked, flags.rate, points),
    supplied,
  }
}

const plainRepeat = (repeat: number): string => `${repeat} repetition${repeat === 1 ? '' : 's'}`

function refuseBesideSearch(flags: SweepTexts): void {
  if (flags.repeat !== undefined)
    throw usageError(
      `${flagOf('repeat')} and ${flagOf('find')} exclude each other: a search repeats its trials as it needs to.`,
    )
  if (flags.requests !== undefined)
    throw usageError(
      `${flagOf('requests')} and ${flagOf('find')} exclude each other: trials have a ${flagOf('durationNs')}.`,
    )
  if (flags['in-flight'] !== undefined)
    throw usageError(`${flagOf('inFlight')} and ${flagOf('find')} exclude each other: trials are open loops.`)
}

function goalOf(
  conditions: GoalCondition[],
  asked: Asked<'exceedRatio' | 'goalWidth'>,
  rates: string | undefined,
  points: readonly SweepPoint[],
): CapacityGoal {
  const [finalTrialNs = 0, ...others] = new Set(points.map(({ plan }) => plan.durationNs ?? 0))
  if (others.length > 0)
    throw usageError(
      `${flagOf('durationNs')} takes one value with ${flagOf('find')}: it is the length of a final trial.`,
    )
  const initialTrialNs = Math.min(finalTrialNs, Math.max(LEAST_INITIAL_NS, INITIAL_SHARE * finalTrialNs))
  const range = rates === undefined ? undefined : rangeOf(rates)
  return {
    conditions,
    finalTrialNs,
    initialTrialNs: Math.round(initialTrialNs),
    durationSumNs: DURATION_SUM * finalTrialNs,
    exceedRatio: asked.exceedRatio ?? defaultOf('exceedRatio', 'sweep'),
    width: asked.goalWidth ?? defaultOf('goalWidth', 'sweep'),
    ...(range && { range }),
  }
}

/** `1k..200k`: where to search. */
function rangeOf(text: string): { leastHz: number; mostHz: number } {
  const [least, most, ...more] = text.split('..')
  if (!least || !most || more.length > 0 || /[,;/*]/.test(text.replaceAll('/s', '')))
    throw usageError(
      `${flagOf('rateHz')} '${text}' is not where a search can look: with ${flagOf('find')}, write the least and the greatest rate, such as 1k..200k.`,
    )
  const [leastHz, mostHz] = [least, most].map((end) => readParameter('rateHz', end, 'sweep')) as [
    number,
    number,
  ]
  if (leastHz >= mostHz)
    throw usageError(`${flagOf('rateHz')} '${text}' leaves nothing to search: write the smaller rate first.`)
  return { leastHz, mostHz }
}
