import { assembleRun, flowRows } from '../assembly/run.js'
import { ControlLink, type ControlAccess } from '../control/control-link.js'
import type { ServedGroup } from '../control/messages.js'
import { claimOf } from '../control/shard-claim.js'
import { RemoteGroup } from '../control/remote-group.js'
import { placeOf } from '../host/whereabouts.js'
import { planOn } from '../plan/group-plan.js'
import { OWN_TESTBED, type Testbed } from './testbed.js'
import type { TimedCommand } from '../plan/timed-command.js'
import { CommandWatch, traceOf } from './command-watch.js'
import { hostRecord } from './host-record.js'
import type { Server } from '../assembly/origin.js'
import type { FlowRow, RunResult } from '../result/run-result.js'
import { Session, type SessionOptions } from './session.js'

export interface RunOptions extends Pick<
  SessionOptions,
  'plan' | 'traffic' | 'signal' | 'onProgress' | 'testbed' | 'intervals'
> {
  /** where the group is that another rpbench serves, and what opens it; absent otherwise */
  control?: ControlAccess | undefined
  /** what is to be run on the way; nothing when absent */
  commands?: readonly TimedCommand[] | undefined
  /** what the user gave, as given */
  supplied: Record<string, unknown>
  toolVersion: string
}

export interface RunOutcome {
  result: RunResult
  /** computed when walked through */
  flows: Iterable<FlowRow>
}

/**
 * Runs the main job: starts the group, opens the flows, warms up, measures, and takes everything down again,
 * whatever happens. Reports what was measured also when it was stopped or a member died.
 * @throws RpbenchError when nothing could be measured
 */
export async function runExperiment(options: RunOptions): Promise<RunOutcome> {
  const { control, toolVersion, signal } = options
  if (control === undefined) return measure(options)
  const served = await ControlLink.dial(control, { tool: toolVersion, shard: claimOf(options.plan) }, signal)
  const server = serverOf(served.group, control.port)
  try {
    return await measure({
      ...options,
      plan: planOn(served.group.plan, options.plan),
      testbed: { ...OWN_TESTBED, startGroup: startOn(served) },
      server,
      servedBy: { sameHost: server.sameHost, sameNetwork: server.sameNetwork },
    })
  } finally {
    served.link.close()
  }
}

/** Has a group that serves serve the session's run. */
function startOn(served: { link: ControlLink; group: ServedGroup }): Testbed['startGroup'] {
  return ({ plan: { payloadBytes, shard }, runId, epochNs }, signal) =>
    RemoteGroup.start(
      served,
      { runId, payloadBytes, shards: shard?.count },
      () => Number(process.hrtime.bigint() - epochNs),
      signal,
    )
}

function serverOf(served: ServedGroup, controlPort: number): Server {
  return { version: served.tool, controlPort, ...placeOf(served), host: served.host as Server['host'] }
}

async function measure(
  options: RunOptions & Pick<SessionOptions, 'servedBy'> & { server?: Server },
): Promise<RunOutcome> {
  const { supplied, toolVersion, server } = options
  const { commands = [] } = options
  const session = await Session.open({
    ...options,
    ...(commands.length > 0 && { trace: traceOf(options.plan) }),
  })
  const watch = new CommandWatch(commands, session.group, session.clock)
  session.changeEvents = () => watch.events
  try {
    await session.waitForStart()
    await session.warmUp()
    watch.start(session.startNs)
    await session.measure(() => watch.stop())
    const recording = {
      ...(await session.finish()),
      ...(commands.length > 0 && { commands: watch.recordings }),
    }
    const result = assembleRun(recording, {
      supplied,
      toolVersion,
      host: hostRecord(options.plan),
      ...(server && { server }),
    })
    session.intervals?.tellRest(result.intervals ?? [])
    return {
      result,
      flows: { [Symbol.iterator]: () => flowRows(recording) },
    }
  } finally {
    await watch.stop()
    await session.close()
  }
}
