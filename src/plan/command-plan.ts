import { usageError } from '../errors.js'
import { formatDuration } from '../units/format.js'
import { flagOf } from './parameters/table.js'
import type { RunPlan } from './run-plan.js'
import type { TimedCommand } from './timed-command.js'

/** So many commands are enough; each is kept with its output. */
const MOST_COMMANDS = 100

/**
 * @returns the commands in the order of time
 * @throws RpbenchError (wrong usage) where what they do could not be seen
 */
export function planCommands(plan: RunPlan, commands: readonly TimedCommand[]): TimedCommand[] {
  const flag = flagOf('on')
  if (commands.length === 0) return []
  if (plan.target === undefined)
    throw usageError(`${flag} needs ${flagOf('target')}: a group of ours is changed by rpbench churn.`)
  if (plan.rateHz === undefined)
    throw usageError(
      `${flag} needs ${flagOf('rateHz')}: an open loop goes on asking while nobody answers, so that what is lost is seen.`,
    )
  if (plan.durationNs === undefined)
    throw usageError(
      `${flag} needs ${flagOf('durationNs')} in place of ${flagOf('requests')}: its times are of it.`,
    )
  if (plan.waves > 1)
    throw usageError(
      `${flag} needs all flows open at once, and the open-file limit leaves ${plan.waveSize}: lower ${flagOf('flows')}, or raise the limit with ulimit -n.`,
    )
  const { durationNs } = plan
  const late = commands.find(({ atNs }) => atNs >= durationNs)
  if (late)
    throw usageError(
      `${flag} '${late.command}' at ${formatDuration(late.atNs)} comes after the end: the measured phase lasts ${formatDuration(durationNs)}.`,
    )
  if (commands.length > MOST_COMMANDS) throw usageError(`${flag}: ${MOST_COMMANDS} commands at most.`)
  return commands.toSorted((a, b) => a.atNs - b.atNs)
}
