import { refuseTooMany } from '../plan/intervals.js'
import { arrayTaskOf } from '../plan/array-task.js'
import { placeOfShard, refuseWithShard } from '../plan/shard.js'
import { startTime } from '../plan/start-time.js'
import { defaultOf, flagOf, keysOf } from '../plan/parameters/table.js'
import { completePlan, type RunPlan } from '../plan/run-plan.js'
import { planCommands } from '../plan/command-plan.js'
import type { TimedCommand } from '../plan/timed-command.js'
import { hostFacts } from './host-facts.js'
import { readTexts, type FlagTexts } from '../plan/parameters/texts.js'

/**
 * Reads the parameters of a run, and completes the plan for this host.
 * @returns the plan, and what the user gave, as given
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planRun(texts: FlagTexts<'run'>): {
  plan: RunPlan
  supplied: Record<string, string | string[]>
  repeat: number
  intervalNs: number | undefined
  commands: TimedCommand[]
} {
  const {
    asked: { repeat = defaultOf('repeat'), intervalNs, on = [], shard, startAt, ...asked },
    supplied,
  } = readTexts('run', keysOf('run'), texts)
  const place = shard && placeOfShard(shard, arrayTaskOf(process.env))
  const complete = completePlan(asked, hostFacts(asked), place)
  const atMs = startAt && startTime(startAt, Date.now(), flagOf('startAt'))
  const plan: RunPlan = {
    ...complete,
    ...(atMs !== undefined && { startAt: new Date(atMs).toISOString() }),
  }
  refuseTooMany(plan, intervalNs)
  if (place) refuseWithShard(plan, { repeat, commands: on.length })
  return { plan, supplied, repeat, intervalNs, commands: planCommands(plan, on) }
}
