import { release } from 'node:os'
import { usageError } from '../errors.js'
import { kernelAtLeast } from '../host/kernel.js'
import { neededNs, planChanges, quietNs, type PlannedChange } from '../plan/change-plan.js'
import { refuseTooMany } from '../plan/intervals.js'
import { defaultOf, defaultsOf, flagOf, keysOf } from '../plan/parameters/table.js'
import { completePlan, type RunPlan } from '../plan/run-plan.js'
import { basisOf, STEERINGS_BY_FLOW } from '../plan/steering.js'
import { formatDuration } from '../units/format.js'
import { readTexts, type FlagTexts } from '../plan/parameters/texts.js'
import { hostFacts } from './host-facts.js'

/**
 * Reads the parameters of a run through changes.
 * @throws RpbenchError (wrong usage) also where a change would be too short to be seen
 */
export function planChurn(texts: FlagTexts<'churn'>): {
  plan: RunPlan
  changes: PlannedChange[]
  supplied: Record<string, unknown>
  repeat: number
  intervalNs: number | undefined
} {
  const { asked, supplied } = readTexts('churn', keysOf('churn'), texts)
  const {
    change: timed = defaultsOf('change', 'churn'),
    repeat = defaultOf('repeat', 'churn'),
    intervalNs,
    ...given
  } = asked
  // An open loop, all flows open and alike: what moves is to be seen, whatever else a run can do.
  const request = {
    ...given,
    rateHz: given.rateHz ?? defaultOf('rateHz', 'churn'),
    flows: given.flows ?? defaultOf('flows', 'churn'),
    leave: given.leave ?? defaultOf('leave', 'churn'),
    ...(given.protocol === 'tcp' && { requestsPerConnection: given.requestsPerConnection ?? 1 }),
  }
  if ((request.requestsPerConnection ?? 1) !== 1 && given.protocol === 'tcp')
    throw usageError(
      `${flagOf('requestsPerConnection')} ${request.requestsPerConnection} keeps flows where their connections are, whatever changes: over TCP churn asks on a connection each, so leave it out.`,
    )
  if (request.leave === 'drain' && request.protocol !== 'tcp' && !kernelAtLeast(6, 13))
    throw usageError(
      `${flagOf('leave')} drain takes Linux 6.13: on ${release()} a socket that connects stays in its group; leave it out.`,
    )
  const plan = completePlan(request, hostFacts(request))
  const changes = planChanges(plan.procs, timed, flagOf('change'))
  if (plan.waves > 1)
    throw usageError(
      `${flagOf('flows')} ${plan.flows} does not fit: all flows are open at once while a group changes, and the open-file limit leaves ${plan.waveSize}; lower it, or raise the limit with ulimit -n.`,
    )
  if (basisOf(plan) !== 'flow')
    throw usageError(
      `${flagOf('steering')} ${plan.steering} gives flows no member of their own that could change: churn takes ${STEERINGS_BY_FLOW.join(', ')}.`,
    )
  const quiet = quietNs(plan)
  const tooEarly = changes.find(({ atNs }, i) => atNs < (changes[i - 1]?.atNs ?? 0) + quiet)
  if (tooEarly)
    throw usageError(
      `${flagOf('change')}: the one at ${formatDuration(tooEarly.atNs)} comes too early: with ${plan.flows} flows at ${plan.rateHz}/s it takes ${formatDuration(quiet)} to see all of them; leave that much before each change, raise ${flagOf('rateHz')}, or lower ${flagOf('flows')}.`,
    )
  const needed = neededNs(plan, changes)
  if (given.durationNs !== undefined && given.durationNs < needed)
    throw usageError(
      `${flagOf('durationNs')} ${texts.duration} is too short for these changes: they need ${formatDuration(needed)}.`,
    )
  const durationNs = given.durationNs ?? needed
  refuseTooMany({ durationNs }, intervalNs)
  return { plan: { ...plan, durationNs }, changes, supplied, repeat, intervalNs }
}
