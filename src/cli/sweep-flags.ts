import { Flags } from '@oclif/core'
import type { CapacityGoal } from '../analysis/capacity/capacity.js'
import { RpbenchError, usageError } from '../errors.js'
import { prepareTraffic } from '../experiment/traffic.js'
import { parseAxis, type Axis, type ValueKind } from '../plan/axis.js'
import { parseGoal } from '../plan/goal-conditions.js'
import { combinationsOf, orderOf, type SweepPlan, type SweepPoint } from '../plan/sweep-plan.js'
import { formatCount } from '../units/format.js'
import { parseCount, parseRate } from '../units/parse.js'
import { checkRunFlag, observeHashFlag, planFromFlags, runFlags, type RunFlagName } from './run-flags.js'

const GROUP = 'SWEEP'
const DEFAULT_REPEAT = 3
const MOST_REPEAT = 100
const MOST_RUNS = 5000
const DEFAULT_DURATION = '2s'
const DEFAULT_WIDTH = '5%'
const DEFAULT_EXCEED_RATIO = '0.5'
/** What a trial decides by itself is not worth a repetition: two of three agree at a ratio of one half. */
const DURATION_SUM = 3
const INITIAL_SHARE = 0.25
const LEAST_INITIAL_NS = 500e6
const RATES = { min: 1, max: 10e6 }

/** The flags of `run`, each of which takes a list or a range here, and those of the sweep itself. */
export const sweepFlags = {
  find: Flags.string({
    description:
      "search for the highest --rate at which this holds, such as 'loss<0.1% && p99<5ms'; also p50, p90, p99.9 and max, of the response time",
    helpValue: 'GOAL',
    helpGroup: GROUP,
  }),
  'goal-width': Flags.string({
    description: `how far apart the bounds of the capacity may be [default: ${DEFAULT_WIDTH}]`,
    helpValue: 'SHARE',
    helpGroup: GROUP,
  }),
  'exceed-ratio': Flags.string({
    description: `share of the trials at a rate that may be bad [default: ${DEFAULT_EXCEED_RATIO}]`,
    helpValue: 'SHARE',
    helpGroup: GROUP,
  }),
  repeat: Flags.string({
    description: `repetitions, each a fresh draw: new processes, ports and seed [default: ${DEFAULT_REPEAT}]`,
    helpValue: 'N',
    helpGroup: GROUP,
  }),
  ...runFlags,
  ...observeHashFlag,
  rate: Flags.string({
    char: 'r',
    description: `${runFlags.rate.description ?? ''}; with --find the range to search, such as 1k..200k`,
    helpValue: 'RATE',
    helpGroup: 'LOAD',
  }),
  duration: Flags.string({
    char: 'd',
    description: `length of the measured phase of each run, and of a final trial [default: ${DEFAULT_DURATION}]`,
    helpValue: 'TIME',
    helpGroup: 'LOAD',
  }),
}

export type SweepFlagValues = {
  [Name in Exclude<keyof typeof sweepFlags, 'observe-hash'>]?: string | undefined
} & {
  'observe-hash'?: boolean
}

/** Flags whose own values hold commas, or may, as a path does: a semicolon stands between two of them. */
const HOLD_COMMAS = new Set(['source-addresses', 'weights', 'pin-members', 'pin-workers'])

/** The words by which the help names a flag's value, and what these are. */
const KINDS: Readonly<Record<string, ValueKind>> = {
  N: 'count',
  PORT: 'count',
  RATE: 'rate',
  TIME: 'duration',
  BYTES: 'bytes',
}

const RUN_FLAG_NAMES = Object.keys(runFlags) as RunFlagName[]

function axisOf(flag: RunFlagName, text: string): Axis {
  const kind = KINDS[(runFlags[flag] as { helpValue?: string }).helpValue ?? ''] ?? 'word'
  const axis = parseAxis(text, { flag, kind, separator: HOLD_COMMAS.has(flag) ? ';' : ',' })
  for (const value of axis.values) checkRunFlag(flag, value)
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
 * Reads the flags of a sweep, and checks every point of it for this host.
 * @throws RpbenchError (wrong usage) naming the flag, also where no point makes sense
 */
export function planSweep(flags: SweepFlagValues): PlannedSweep {
  const { 'observe-hash': observeHash = false, ...texts } = flags
  const supplied: Record<string, string> = {}
  for (const name of Object.keys(sweepFlags) as (keyof typeof texts)[]) {
    const text = texts[name]
    if (text !== undefined) supplied[name] = text
  }
  const searched = flags.find !== undefined
  if (searched) checkSearchFlags(flags)
  else
    for (const name of ['goal-width', 'exceed-ratio'] as const)
      if (flags[name] !== undefined) throw usageError(`--${name} goes with --find.`)
  const given = RUN_FLAG_NAMES.filter((name) => flags[name] !== undefined && !(searched && name === 'rate'))
  const lists = given.map((name) => axisOf(name, flags[name]!))
  const constant: Record<string, string> = Object.fromEntries(
    lists.filter(({ values }) => values.length === 1).map(({ flag, values }) => [flag, values[0]!]),
  )
  if (flags.duration === undefined && flags.requests === undefined) constant['duration'] = DEFAULT_DURATION
  // Any rate: trials bring their own, but a plan without one is of a closed loop.
  if (searched) constant['rate'] = '1k'
  const axes = lists.filter(({ values }) => values.length > 1)
  const repeat = searched
    ? 1
    : parseCount(flags.repeat ?? String(DEFAULT_REPEAT), { flag: '--repeat', min: 1, max: MOST_REPEAT })
  const combinations = axes.reduce((product, { values }) => product * values.length, 1)
  if (combinations * repeat > MOST_RUNS)
    throw usageError(
      `${formatCount(combinations)} combinations × ${plainRepeat(repeat)} make ${formatCount(combinations * repeat)} runs: ${formatCount(MOST_RUNS)} at most; leave out values${repeat > 1 ? ', or lower --repeat' : ''}.`,
    )
  const points: SweepPoint[] = []
  const skipped: SweepPlan['skipped'] = []
  let refused: RpbenchError | undefined
  for (const combination of combinationsOf(axes)) {
    try {
      const { plan } = planFromFlags({ ...constant, ...combination, 'observe-hash': observeHash })
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
  if (observeHash) supplied['observe-hash'] = 'true'
  return {
    plan: { axes, points, skipped, repeat, order },
    goal: searched ? goalOf(flags, points) : undefined,
    supplied,
  }
}

const plainRepeat = (repeat: number): string => `${repeat} repetition${repeat === 1 ? '' : 's'}`

function checkSearchFlags(flags: SweepFlagValues): void {
  if (flags.repeat !== undefined)
    throw usageError('--repeat and --find exclude each other: a search repeats its trials as it needs to.')
  if (flags.requests !== undefined)
    throw usageError('--requests and --find exclude each other: trials have a --duration.')
  if (flags['in-flight'] !== undefined)
    throw usageError('--in-flight and --find exclude each other: trials are open loops.')
}

function goalOf(flags: SweepFlagValues, points: readonly SweepPoint[]): CapacityGoal {
  const [finalTrialNs = 0, ...others] = new Set(points.map(({ plan }) => plan.durationNs ?? 0))
  if (others.length > 0)
    throw usageError('--duration takes one value with --find: it is the length of a final trial.')
  const initialTrialNs = Math.min(finalTrialNs, Math.max(LEAST_INITIAL_NS, INITIAL_SHARE * finalTrialNs))
  const range = flags.rate === undefined ? undefined : rangeOf(flags.rate)
  return {
    conditions: parseGoal(flags.find!, '--find'),
    finalTrialNs,
    initialTrialNs: Math.round(initialTrialNs),
    durationSumNs: DURATION_SUM * finalTrialNs,
    exceedRatio: parseShare(flags['exceed-ratio'] ?? DEFAULT_EXCEED_RATIO, '--exceed-ratio', 0, 0.9),
    width: parseShare(flags['goal-width'] ?? DEFAULT_WIDTH, '--goal-width', 0.001, 0.5),
    ...(range && { range }),
  }
}

/** `1k..200k`: where to search. */
function rangeOf(text: string): { leastHz: number; mostHz: number } {
  const [least, most, ...more] = text.split('..')
  if (!least || !most || more.length > 0 || /[,;/*]/.test(text.replaceAll('/s', '')))
    throw usageError(
      `--rate '${text}' is not where a search can look: with --find, write the least and the greatest rate, such as 1k..200k.`,
    )
  const [leastHz, mostHz] = [least, most].map((end) => parseRate(end, { flag: '--rate', ...RATES })) as [
    number,
    number,
  ]
  if (leastHz >= mostHz)
    throw usageError(`--rate '${text}' leaves nothing to search: write the smaller rate first.`)
  return { leastHz, mostHz }
}

/** `5%` or `0.05` → 0.05. */
function parseShare(text: string, flag: string, min: number, max: number): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim())
  const share = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (!(share >= min && share <= max))
    throw usageError(
      `${flag} '${text}' is not a share that it takes: write a percentage or a fraction from ${min * 100}% to ${max * 100}%.`,
    )
  return share
}
