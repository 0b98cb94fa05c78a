import { hostIdentity } from '../host/identity.js'
import { dropsOf, readSocketsOnPort } from '../host/udp-table.js'
import { maxReceiveBufferBytes } from '../host/limits.js'
import type { FlowRow, RunResult } from '../result/run-result.js'
import { assembleRun, flowRows } from './assemble.js'
import { sourcesOf } from './figures.js'
import { HostWatch } from './host-record.js'
import { Session, type SessionOptions } from './session.js'
import { ThreadWatch } from './thread-watch.js'
import { exposureOf } from './traffic.js'

export interface RunOptions extends Pick<SessionOptions, 'plan' | 'traffic' | 'signal' | 'onProgress'> {
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
  const { plan, signal, traffic } = options
  const startedAt = new Date()
  const session = await Session.open(options)
  try {
    const { group, load, watch, progress } = session
    progress.enter('warming up')
    await load.warmUp()
    await session.untilAnswered()
    // Before the members' counters are read, so that the host's cover all that they count.
    const hostWatch = new HostWatch()
    const before = await group.snapshot()
    const frontBefore = group.front?.read()
    const threadWatch = new ThreadWatch(group, () => session.nowNs())
    const warmupNs = session.nowNs() - session.groupNs - session.flowsNs
    const reports = await session.measure()
    hostWatch.stop()
    const threads = threadWatch.stop()
    const procNetUdpDrops = dropsOf(readSocketsOnPort(group.sockets.port), group.sockets.inodes)
    const residentBytes = group.residentBytes()
    const frontResidentBytes = group.frontResidentBytes()
    const clientResidentBytes = process.memoryUsage.rss()
    await group.stop()
    const after = group.read()
    const front = group.front &&
      frontBefore && {
        pid: group.front.host.pid,
        before: frontBefore,
        after: group.front.read(),
        residentBytes: frontResidentBytes,
        died: group.front.died,
      }
    const firstSentNs = Math.min(...reports.map((r) => (r.firstSentNs < 0 ? Infinity : r.firstSentNs)))
    const { observer } = group.options
    const { addresses: sourceAddresses } = traffic.flowPlan
    const hashes = observer?.hashesOf(sourcesOf(reports, sourceAddresses))
    const record = {
      // Members that are threads are in the CPU time of this process already.
      ...hostWatch.record(
        plan.server === 'threads'
          ? []
          : [
              ...after.map((counters, i) => ({ before: before[i]!, after: counters })),
              ...(front ? [front] : []),
            ],
      ),
      ...(procNetUdpDrops !== undefined && { procNetUdpDrops }),
      plan,
      supplied: options.supplied,
      toolVersion: options.toolVersion,
      host: hostIdentity(),
      startedAt,
      port: group.sockets.port,
      pids: group.hosts.map((host) => host.pid),
      before,
      after,
      ...(front && { front }),
      residentBytes,
      ...threads,
      deaths: new Map(group.deaths),
      reports,
      sourceAddresses,
      ...(hashes && { hashes }),
      strangers: [...watch.found.values()],
      interrupted: signal.aborted,
      startup: {
        groupNs: session.groupNs,
        flowsNs: session.flowsNs,
        warmupNs,
        firstMeasuredPacketNs: Number.isFinite(firstSentNs) ? Math.round(session.beganNs + firstSentNs) : 0,
      },
      clientResidentBytes,
      maxReceiveBufferBytes: maxReceiveBufferBytes(),
      exposed: exposureOf(plan),
    }
    return { result: assembleRun(record), flows: { [Symbol.iterator]: () => flowRows(record) } }
  } finally {
    await session.close()
  }
}
