import { lossesOf } from '../analysis/books/losses.js'
import type { Observations, ScheduleKept } from '../analysis/validity/observations.js'
import { cpusOf } from '../plan/cpu-list.js'
import { DISPATCH } from '../plan/dispatch.js'
import { needsOwnNetwork } from '../plan/engine.js'
import { changeText } from '../plan/group-change.js'
import { portProtocolOf } from '../plan/protocol.js'
import type { CommandRecording } from '../recording/command-recording.js'
import type { FrontRecording } from '../recording/group-recording.js'
import type { Recording } from '../recording/recording.js'
import { devicesOf, sharedSocketsOf } from '../recording/flow-sources.js'
import type { WorkerReport } from '../recording/worker-report.js'
import { errorAnswers, errorStatuses } from '../result/error-replies.js'
import type { Books, CrossCheck, Latency, LatencySummary, RunResult } from '../result/run-result.js'
import { connectionsOf } from './connections.js'
import { answersOf } from './answers.js'
import {
  measuredNsOf,
  memberLedger,
  scheduledNs,
  sendErrors,
  serversCpuNs,
  strangersOf,
  sum,
} from './figures.js'
import { inFlightTimes } from './in-flight-times.js'
import { listenDropsOf } from './member-connections.js'
import type { ServerLedgers } from './server-ledgers.js'
import { statusesOf } from './statuses.js'
import { observedStandstill } from './silences.js'

/** What was analysed already, and is observed too. */
export interface Analysed {
  books: Books
  crossCheck: CrossCheck
  standstill: Pick<RunResult, 'silences' | 'leftBehind'>
  latency: Latency | undefined
  lag: LatencySummary | undefined
  /** changes of the plan that were not carried out, or not seen */
  changesUnseen?: string[]
}

/**
 * How long the end of a schedule may drag on before it counts as a rate that was not kept: a stall of the scheduler
 * just then, which is no sustained lack of speed.
 */
const STALL_NS = 50e6

/** Everything that the checks of validity need. */
export function observationsOf(recording: Recording, analysed: Analysed): Observations {
  const { plan, reports, group, host } = recording
  const { books, crossCheck } = analysed
  const { front, lives } = group
  const answers = errorAnswers(answersOf(recording)) ?? errorStatuses(statusesOf(recording))
  const asked = plan.receiveBufferBytes
  const schedule = scheduleKept(recording, analysed)
  const cpu = cpuUse(recording)
  // The front is pinned as one more member.
  const memberCpus = cpusOf(plan.pinMembers, front ? plan.procs + 1 : plan.procs)
  const workerCpus = cpusOf(plan.pinWorkers, plan.workers)
  const active = reports.filter((r) => r.activeNs > 0)
  return {
    experiment: recording.changes === undefined ? 'run' : 'churn',
    deaths: lives.flatMap(({ member, died }) => (died === undefined ? [] : [{ index: member, why: died }])),
    ...(front && {
      front: {
        drops: frontIsSilent(analysed) ? 0 : dropsOf(front),
        ...(front.died !== undefined && { died: front.died }),
      },
    }),
    standstill: observedStandstill(analysed.standstill),
    strangers: strangersOf(recording),
    closingsUnheard: recording.closingsUnheard ?? false,
    atStrangers: {
      least: books.atStrangers ?? 0,
      most: (books.atStrangers ?? 0) + (books.reckonedAtStrangers ?? 0),
    },
    losses: lossesOf(books),
    ...(books.unexplained !== undefined && { unexplained: books.unexplained, replayed: books.replayed ?? 0 }),
    ...(books.wrongReplies !== undefined && { wrongReplies: books.wrongReplies }),
    ...(answers && { answers: { ...answers, protocol: plan.protocol } }),
    ...(books.lostOnWayThere !== undefined && {
      onTheWay: {
        there: books.lostOnWayThere,
        back: books.lostOnWayBack ?? 0,
        strangers: books.strangersAtMembers ?? 0,
      },
    }),
    ...(recording.commands && { commandsFailed: failedCommands(recording.commands) }),
    interrupted: recording.interrupted,
    ...(recording.allShards && { shardsLost: recording.allShards.lost }),
    ...(recording.startedLateMs !== undefined && { startedLateMs: recording.startedLateMs }),
    ...(analysed.changesUnseen && { changesUnseen: analysed.changesUnseen }),
    ...(recording.changes?.failed && { changeFailed: changeText(recording.changes.failed.change) }),
    waves: plan.waves,
    waveSize: plan.waveSize,
    engine: plan.engine,
    sharedSockets: sharedSocketsOf(reports),
    devices: devicesOf(reports),
    ownNetwork: needsOwnNetwork(plan.engine, plan.host),
    portsReplaced: sum(reports.map((r) => r.replaced)),
    receiveBuffer: {
      ...(asked !== undefined && { asked }),
      got: Math.min(...(front ? [front] : lives).map(({ after }) => after.receiveBufferBytes)),
      ...(recording.maxReceiveBufferBytes !== undefined && { most: recording.maxReceiveBufferBytes }),
    },
    droppedAtMembers: books.droppedAtMembers ?? 0,
    droppedAtSilent: droppedAtSilent(recording, analysed),
    droppedAtClient: books.droppedAtClient,
    sendErrors: sendErrors(reports),
    refused: sum(reports.map((r) => r.refused)),
    receiveErrors: sum(reports.map((r) => r.receiveErrors)),
    unansweredFlows: sum(reports.map(unansweredFlows)),
    unaskedFlows: plan.weights === 'uniform' ? sum(reports.map(unaskedFlows)) : 0,
    flowsGivenUp: sum(reports.map((r) => r.flowsGivenUp)),
    ...(plan.engineFallback !== undefined && { engineFallback: plan.engineFallback }),
    ...(recording.exposed !== undefined && { exposed: recording.exposed }),
    load: {
      workers: plan.workers,
      members: plan.remote ? 0 : plan.procs,
      ...(plan.membersUnknown && { membersUnknown: true as const }),
      dispatch: plan.dispatch,
      ...(portProtocolOf(plan.protocol) === 'tcp' && { overTcp: true as const }),
      inFlight: plan.inFlight,
      ...(plan.rateHz !== undefined && { rateHz: plan.rateHz }),
    },
    measuredNs: measuredNsOf(reports),
    pinned: { ...(memberCpus && { members: memberCpus }), ...(workerCpus && { workers: workerCpus }) },
    ...(schedule && { schedule }),
    clientCpuShares: active.map((r) => r.cpuActiveNs / r.activeNs),
    inFlight: inFlightTimes(plan, reports, books),
    ...(cpu && { cpu }),
    ...(host.throttled && { throttled: host.throttled }),
    crossCheck,
    ...longestConnect(reports),
  }
}

/** How long the connection took that took longest. */
function longestConnect(reports: readonly WorkerReport[]): Pick<Observations, 'longestConnectNs'> {
  const connects = reports.flatMap((r) => r.members.flatMap((m) => m.histograms.connect ?? []))
  return connects.length > 0 ? { longestConnectNs: Math.max(...connects.map(({ max }) => max)) } : {}
}

const dropsOf = ({ before, after }: FrontRecording): number => after.drops - before.drops

function frontIsSilent({ standstill: { silences = [] } }: Analysed): boolean {
  return silences.some(({ cameBack, member }) => !cameBack && member === undefined)
}

/** Drops at the queues of those that stood still to the end; at one that all share, whose they are nobody can say. */
function droppedAtSilent(recording: Recording, analysed: Analysed): number {
  const { front } = recording.group
  return droppedAtSilentMembers(recording, analysed) + (front && frontIsSilent(analysed) ? dropsOf(front) : 0)
}

function droppedAtSilentMembers(
  { plan, group }: Recording,
  { standstill: { silences = [] } }: Analysed,
): number {
  if (!DISPATCH[plan.dispatch].ownQueues) return 0
  const silent = group.lives.filter(({ member, generation }) =>
    silences.some((s) => !s.cameBack && s.member === member && s.generation === generation),
  )
  return sum(silent.map((life) => memberLedger(life).drops))
}

/** The same counts from the kernel's own books, beside ours. */
export function crossCheckOf(recording: Recording, books: Books, ledgers: ServerLedgers): CrossCheck {
  const { host, group, allShards } = recording
  const { udp, dropsSinceOpened } = ledgers
  const connections = connectionsOf(recording)
  if (connections)
    return {
      ...(host.tcp && {
        tcp: {
          ...host.tcp,
          ourActiveOpens: connections.opened - connections.failed,
          ...(connections.accepted !== undefined && { ourPassiveOpens: connections.accepted }),
          ourEstabResets: connections.closed,
        },
      }),
      meminfoDrops: dropsSinceOpened,
      ...listenDropsOf(recording),
    }
  // What is read from a device came to no socket.
  const devices = books.droppedAtDevices !== undefined
  const received = devices ? 0 : books.replied + books.late + books.duplicates
  const there = group.seenThere
  return {
    ...(host.snmp && {
      snmpInDatagrams: host.snmp.inDatagrams,
      snmpReceiveBufferErrors: host.snmp.receiveBufferErrors,
    }),
    ourInDatagrams: (there ? 0 : udp.read) + received,
    ourDrops: (there ? 0 : udp.drops) + (devices ? 0 : books.droppedAtClient),
    ...(!allShards &&
      there?.host.snmp && {
        server: {
          snmpInDatagrams: there.host.snmp.inDatagrams,
          snmpReceiveBufferErrors: there.host.snmp.receiveBufferErrors,
          ourInDatagrams: udp.read,
          ourDrops: udp.drops,
        },
      }),
    ...(!allShards && group.procNetUdpDrops !== undefined && { procNetUdpDrops: group.procNetUdpDrops }),
    ...(!group.unknown && !allShards && { meminfoDrops: dropsSinceOpened }),
  }
}

/** Members that are threads are in the CPU time of the client's process already. */
function cpuUse({ plan, host: { cpu }, group, servedBy }: Recording): Observations['cpu'] {
  if (cpu === undefined) return undefined
  const { processNs, interruptsInTasks, ...times } = cpu
  const countedApart = servedBy ? servedBy.sameHost : plan.server !== 'threads'
  return {
    ...times,
    ownNs: processNs + (countedApart ? serversCpuNs(group) : 0),
    ...(interruptsInTasks !== undefined && { interruptsInOwn: interruptsInTasks }),
  }
}

function scheduleKept(recording: Recording, { lag, latency }: Analysed): ScheduleKept | undefined {
  const { plan, reports } = recording
  if (plan.rateHz === undefined) return undefined
  const lengthNs = scheduledNs(recording)
  const offered = sum(reports.map((r) => r.offered))
  const sent = sum(reports.map((r) => sum(r.sent)))
  // What was due but sent after the end, at a rate below the schedule's, did not keep the rate either.
  const inTime = sum(
    reports.map((r) => {
      const length = lengthNs ?? r.activeNs
      const took = r.activeNs - STALL_NS * r.waves
      return sum(r.sent) * (took > length ? length / took : 1)
    }),
  )
  return {
    offered,
    sent,
    achieved: offered > 0 ? inTime / offered : 1,
    ...(lag && { lagP99Ns: lag.p99Ns }),
    ...(latency?.response && { responseP99Ns: latency.response.p99Ns }),
  }
}

/** Flows that were asked and never answered; a flow of little weight may not have been asked at all. */
function unansweredFlows({ sent, firstMember }: WorkerReport): number {
  let flows = 0
  for (let flow = 0; flow < sent.length; flow++) if (sent[flow]! > 0 && firstMember[flow]! < 0) flows++
  return flows
}

function unaskedFlows({ sent }: WorkerReport): number {
  let flows = 0
  for (let flow = 0; flow < sent.length; flow++) if (sent[flow] === 0) flows++
  return flows
}

/** Those of the commands that did not do what they were to do. */
function failedCommands(commands: readonly CommandRecording[]): string[] {
  return commands.flatMap(({ command, exitStatus, endedNs }) =>
    endedNs !== undefined && exitStatus !== 0 ? [command] : [],
  )
}
