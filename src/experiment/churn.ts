import { isChangeable } from '../group/group.js'
import { assembleChurn } from '../assembly/churn.js'
import { hostRecord } from './host-record.js'
import { quietNs, flowPeriodNs, type PlannedChange } from '../plan/change-plan.js'
import { portProtocolOf } from '../plan/protocol.js'
import { defaultOf } from '../plan/parameters/table.js'
import { familiesTaken } from '../plan/transport.js'
import type { ChurnResult } from '../result/churn-result.js'
import { ChangeWatch } from './change-watch.js'
import { ChangeRunner } from './changes.js'
import { LossWatch } from './loss-watch.js'
import type { RunOptions } from './run.js'
import { eventsOfChanges } from './group-events.js'
import { Session } from './session.js'

export interface ChurnOptions extends RunOptions {
  changes: readonly PlannedChange[]
}

/** How finely it is known when requests were sent, and, of replies, when they were meant to be. */
const INTERVAL_NS = 1e6
const RESPONSE_INTERVAL_NS = 20e6
/** The longest that a run waits for each newcomer beyond its time; a group gives up on one that takes longer. */
const PATIENCE_NS = 60e9
/** A flow that goes unanswered for this many of its turns has stopped being answered where it was. */
const SILENT_PERIODS = 2.5

/** The largest size that a group of `members` has while steps are taken on it. */
function mostAtOnce(members: number, steps: PlannedChange['steps']): number {
  let size = members
  return Math.max(members, ...steps.map(({ action }) => (size += action === 'start' ? 1 : -1)))
}

/**
 * Runs a steady open loop through the planned changes of a group, and says of each what became of the flows.
 * A change that cannot be carried out ends it early: what was measured until then is kept.
 * @throws RpbenchError when nothing could be measured
 */
export async function churnExperiment(options: ChurnOptions): Promise<ChurnResult> {
  const { plan, changes, signal, supplied, toolVersion } = options
  const { leave = defaultOf('leave', 'churn') } = plan
  const turn = flowPeriodNs(plan)
  const starts = changes.flatMap(({ steps }) => steps.filter((step) => step.action === 'start'))
  const leastNs = plan.durationNs ?? 0
  const watch = new ChangeWatch(changes.length)
  const session = await Session.open({
    ...options,
    // How long processes take to start on a busy machine nobody knows: the load goes on until all was seen.
    loadNs: leastNs + PATIENCE_NS * (starts.length + 1),
    joiners: starts.length,
    mostMembers: Math.max(
      plan.procs,
      ...changes.map(({ before, steps }) => mostAtOnce(before.length, steps)),
    ),
    memberIndexes: Math.max(plan.procs, ...starts.map((step) => step.member + 1)),
    trace: {
      intervalNs: INTERVAL_NS,
      responseIntervalNs: RESPONSE_INTERVAL_NS,
      gapNs: SILENT_PERIODS * turn,
      windows: watch.memory,
      keptNs: ChangeWatch.keptNs,
    },
  })
  try {
    const { group, load, clock } = session
    if (!isChangeable(group)) throw new TypeError('only a group of ours can be changed')
    await session.warmUp()
    const quiet = {
      ns: quietNs(plan),
      requests: Math.floor((quietNs(plan) / turn) * plan.flows),
      sent: () => load.sentByEach,
    }
    const losses = new LossWatch(group, clock, familiesTaken(plan), load, portProtocolOf(plan.protocol))
    const lossesBefore = losses.read()
    const runner = new ChangeRunner(group, changes, clock, quiet, watch, losses, leave)
    session.changeEvents = () => eventsOfChanges(runner)
    // Changes end with the load, whichever of the two ends first.
    const loadOver = new AbortController()
    const changing = runner.run(session.startNs, leastNs, AbortSignal.any([signal, loadOver.signal])).then(
      () => {
        load.finish()
        return undefined
      },
      (error: unknown) => {
        load.stop()
        return error
      },
    )
    await session.measure()
    loadOver.abort()
    const failure = await changing
    if (failure !== undefined) throw failure
    const { done, failed } = runner
    const recording = await session.finish({
      planned: changes,
      done,
      ...(failed && { failed }),
      lossesBefore,
      lossesAfter: losses.read(),
    })
    const result = assembleChurn(recording, { supplied, toolVersion, host: hostRecord(options.plan) })
    session.intervals?.tellRest(result.intervals ?? [])
    return result
  } finally {
    await session.close()
  }
}
