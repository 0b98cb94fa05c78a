import { Flags } from '@oclif/core'
import { usageError } from '../errors.js'
import { neededNs, parseChange, planChanges, quietNs, type PlannedChange } from '../plan/change-plan.js'
import type { RunPlan } from '../plan/run-plan.js'
import { basisOf, STEERINGS_BY_FLOW, steeringsInWords } from '../plan/steering.js'
import { observeHashFlag, planFromFlags, runFlags } from './run-flags.js'
import { formatDuration } from '../units/format.js'
import { parseDuration } from '../units/parse.js'

const FLAG = '--change'
const DEFAULT_CHANGES = ['2s:add', '4s:remove:0', '6s:restart:1', '8s:replace']
const DEFAULTS = { rate: '10k', flows: '2000' }

/** The flags of `run` that make sense while a group changes: processes, an open loop, all flows open and alike. */
const {
  procs,
  host,
  port,
  'receive-buffer': receiveBuffer,
  'service-time': serviceTime,
  'service-distribution': serviceDistribution,
  'service-kind': serviceKind,
  'pin-members': pinMembers,
  'pin-workers': pinWorkers,
  seed,
  'source-ports': sourcePorts,
  'source-addresses': sourceAddresses,
  workers,
  arrivals,
  warmup,
  payload,
  engine,
  timeout,
} = runFlags

export const churnFlags = {
  change: Flags.string({
    multiple: true,
    description: `a change and its time, such as 2s:add, 4s:remove:0, 6s:restart:1, 8s:replace:fifo, 2s:kill:1, 2s:stall:1, 4s:resume:1; may be repeated [default: ${DEFAULT_CHANGES.join(' ')}]`,
    helpValue: 'TIME:CHANGE',
    helpGroup: 'CHANGES',
  }),
  procs,
  host,
  port,
  steering: Flags.string({
    description: `what picks the member of a datagram: ${steeringsInWords(STEERINGS_BY_FLOW)} [default: hash]`,
    helpValue: 'KIND',
    helpGroup: 'GROUP',
  }),
  ...observeHashFlag,
  'receive-buffer': receiveBuffer,
  'service-time': serviceTime,
  'service-distribution': serviceDistribution,
  'service-kind': serviceKind,
  'pin-members': pinMembers,
  flows: Flags.string({
    char: 'f',
    description: 'flows, each from a source port of its own [default: 2000]',
    helpValue: 'N',
    helpGroup: 'FLOWS',
  }),
  seed,
  'source-ports': sourcePorts,
  'source-addresses': sourceAddresses,
  workers,
  'pin-workers': pinWorkers,
  rate: Flags.string({
    char: 'r',
    description: 'requests per second over all flows [default: 10k]',
    helpValue: 'RATE',
    helpGroup: 'LOAD',
  }),
  arrivals,
  duration: Flags.string({
    char: 'd',
    description: 'length of the measured phase [default: what the changes need]',
    helpValue: 'TIME',
    helpGroup: 'LOAD',
  }),
  warmup,
  payload,
  engine,
  timeout,
}

type ChurnFlagValues = {
  [Name in Exclude<keyof typeof churnFlags, 'change' | 'observe-hash'>]?: string | undefined
} & {
  change?: string[] | undefined
  'observe-hash'?: boolean
}

const mostNs = 86_400e9

/**
 * Reads the flags of a run through changes.
 * @throws RpbenchError (wrong usage) also where a change would be too short to be seen
 */
export function planChurn(flags: ChurnFlagValues): {
  plan: RunPlan
  changes: PlannedChange[]
  supplied: Record<string, unknown>
} {
  const { change: texts, ...others } = flags
  const { plan } = planFromFlags({ ...DEFAULTS, ...given(others) })
  const timed = (texts ?? DEFAULT_CHANGES).map((text) =>
    parseChange(text, FLAG, (time) => parseDuration(time, { flag: FLAG, min: 0, max: mostNs })),
  )
  const changes = planChanges(plan.procs, timed, FLAG)
  if (plan.waves > 1)
    throw usageError(
      `--flows ${plan.flows} does not fit: all flows are open at once while a group changes, and the open-file limit leaves ${plan.waveSize}; lower it, or raise the limit with ulimit -n.`,
    )
  if (basisOf(plan) !== 'flow')
    throw usageError(
      `--steering ${plan.steering} gives flows no member of their own that could change: churn takes ${STEERINGS_BY_FLOW.join(', ')}.`,
    )
  const quiet = quietNs(plan)
  const tooEarly = changes.find(({ atNs }, i) => atNs < (changes[i - 1]?.atNs ?? 0) + quiet)
  if (tooEarly)
    throw usageError(
      `${FLAG}: the one at ${formatDuration(tooEarly.atNs)} comes too early: with ${plan.flows} flows at ${plan.rateHz}/s it takes ${formatDuration(quiet)} to see all of them; leave that much before each change, raise --rate, or lower --flows.`,
    )
  const needed = neededNs(plan, changes)
  if (flags.duration !== undefined && (plan.durationNs ?? 0) < needed)
    throw usageError(
      `--duration ${flags.duration} is too short for these changes: they need ${formatDuration(needed)}.`,
    )
  return {
    plan: { ...plan, durationNs: flags.duration === undefined ? needed : plan.durationNs! },
    changes,
    supplied: given(
      Object.fromEntries(Object.keys(churnFlags).map((name) => [name, flags[name as keyof ChurnFlagValues]])),
    ),
  }
}

/** Without the keys whose value is undefined: those are not given, and must not hide a default. */
function given<T extends object>(flags: T): Partial<T> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Partial<T>
}
