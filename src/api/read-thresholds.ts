import { usageError } from '../errors.js'
import type { RunPlan } from '../plan/run-plan.js'
import { AGGREGATES, LIMIT_PARAMETERS } from '../plan/parameters/limits.js'
import { PROTOCOL } from '../plan/protocol.js'
import { basisOf } from '../plan/steering.js'
import { parseThreshold, refuseUnmeasured, type Judgeable, type Threshold } from '../plan/thresholds.js'
import type { ThresholdResult } from '../result/thresholds.js'
import { oneOf } from '../units/parse.js'

/** What is said of thresholds. */
export interface ThresholdTexts {
  threshold?: readonly string[] | undefined
  'threshold-on'?: string | undefined
}

const FLAG = `--${LIMIT_PARAMETERS.threshold.flag}`
const ON_FLAG = `--${LIMIT_PARAMETERS.thresholdOn.flag}`

/**
 * Reads the thresholds of a command.
 * @throws RpbenchError (wrong usage) naming the one that is none, or that these plans cannot measure
 */
export function readThresholds(
  { threshold: texts = [], 'threshold-on': on }: ThresholdTexts,
  of: Omit<Judgeable, 'search'> & { search?: boolean },
): Threshold[] {
  const aggregate = on === undefined ? undefined : oneOf(on, ON_FLAG, AGGREGATES)
  if (aggregate !== undefined && texts.length === 0)
    throw usageError(`${ON_FLAG} ${aggregate} goes with ${FLAG}: give a limit, or leave it out.`)
  const thresholds = texts.map((text) => ({
    ...parseThreshold(text, FLAG),
    ...(aggregate !== undefined && { on: aggregate }),
  }))
  refuseUnmeasured(thresholds, { search: false, ...of }, FLAG)
  return thresholds
}

/** The thresholds that a result was held against, as they would be given again. */
export function keptThresholds(thresholds: readonly ThresholdResult[] = []): ThresholdTexts {
  if (thresholds.length === 0) return {}
  return {
    threshold: [...new Set(thresholds.map(({ expression }) => expression))],
    'threshold-on': thresholds.find(({ aggregate }) => aggregate !== undefined)?.aggregate,
  }
}

/** What plans can measure: all that any of them can. */
export function judgeable(
  plans: readonly (Pick<RunPlan, 'rateHz' | 'steering' | 'observeHash'> &
    Partial<Pick<RunPlan, 'dispatch' | 'protocol'>>)[],
): Omit<Judgeable, 'command' | 'search'> {
  return {
    openLoop: plans.some(({ rateHz }) => rateHz !== undefined),
    byFlow: plans.some((plan) => basisOf(plan) === 'flow'),
    observeHash: plans.some(({ observeHash }) => observeHash),
    connections: plans.some(
      ({ protocol }) => protocol !== undefined && PROTOCOL[protocol].transport === 'tcp',
    ),
    dns: plans.some(({ protocol }) => protocol === 'dns'),
    http: plans.some(({ protocol }) => protocol === 'http'),
  }
}
