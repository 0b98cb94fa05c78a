import { analyseAffinity } from '../analysis/affinity/affinity.js'
import { balanceBooks } from '../analysis/books/ledger.js'
import { analysePlacement } from '../analysis/affinity/placement.js'
import { analysePacketBalance } from '../analysis/balance/packet-balance.js'
import { residuals as residualsOf } from '../stats/residuals.js'
import { judge } from '../analysis/validity/validity.js'
import type { WorkerReport } from '../client/protocol.js'
import { cpuOf, cpusOf } from '../plan/cpu-list.js'
import { serverAddress } from '../plan/run-plan.js'
import { DISPATCH } from '../plan/dispatch.js'
import { basisOf } from '../plan/steering.js'
import {
  RUN_SCHEMA,
  type Affinity,
  type FlowRow,
  type MemberResult,
  type PacketBalance,
  type RunResult,
} from '../result/run-result.js'
import { attributeFlows, balanceOf, type FlowAttribution } from './attribution.js'
import { dispatcherOf } from './dispatcher.js'
import { crossCheckOf, evidenceOf } from './evidence.js'
import {
  clientLedger,
  cpuPerRoundTripOf,
  groupOf,
  lagOf,
  latencyOf,
  legsOf,
  longestNs,
  sum,
  throughputOf,
} from './figures.js'
import { imbalanceOf } from './imbalance-evidence.js'
import type { RunRecord } from './run-record.js'
import { serverLedgers, type ServerLedgers } from './server-ledgers.js'

function memberResults(
  record: RunRecord,
  { members, ahead }: ServerLedgers,
  attributed: FlowAttribution,
): MemberResult[] {
  const { plan, reports } = record
  const residuals =
    basisOf(plan) === 'flow' && sum(attributed.flows) > 0 ? residualsOf(attributed.reckonedFlows) : []
  return record.after.map((after, index) => {
    const ledger = members[index]!
    const latency = latencyOf(reports, index)
    const legs = legsOf(reports, index)
    const residual = residuals[index]
    const residentBytes = record.residentBytes[index]
    const died = record.deaths.get(index)
    const cpu = cpuOf(plan.pinMembers, index)
    return {
      index,
      pid: record.pids[index]!,
      flows: attributed.flows[index]!,
      packets: ledger.taken,
      echoed: ledger.echoed,
      echoErrors: ledger.echoErrors,
      replies: sum(reports.map((r) => r.members[index]!.replies)),
      late: sum(reports.map((r) => r.members[index]!.late)),
      ...(DISPATCH[plan.dispatch].ownQueues && { drops: ledger.drops }),
      strangers: ledger.strangers,
      ...(attributed.complete &&
        DISPATCH[plan.dispatch].ownQueues && { sent: attributed.sentOnFlows[index]! }),
      // Whose it was that was lost ahead of all members, nobody knows.
      ...(attributed.complete &&
        DISPATCH[plan.dispatch].ownQueues &&
        ahead.drops + ahead.left === 0 && {
          unexplained: attributed.sentOnFlows[index]! - ledger.taken - ledger.drops - ledger.left,
        }),
      receiveBufferBytes: after.receiveBufferBytes,
      ...(cpu !== undefined && { cpu }),
      ...(residentBytes !== undefined && { residentBytes }),
      ...residual,
      ...(latency && { latency }),
      ...(legs && { legs }),
      ...(died !== undefined && { died }),
    }
  })
}

/** Flow id → the report it is in, and its place there. Reports are in the order of their flows. */
function findFlow(reports: readonly WorkerReport[], flow: number): [WorkerReport, number] {
  const report = reports.findLast((r) => r.firstFlow <= flow)!
  return [report, flow - report.firstFlow]
}

/** One row a flow, in the order of flow ids. */
export function* flowRows({
  reports,
  sourceAddresses,
}: Pick<RunRecord, 'reports' | 'sourceAddresses'>): Generator<FlowRow> {
  for (const report of reports) {
    for (let i = 0; i < report.port.length; i++) {
      const [sent, replied] = [report.sent[i]!, report.replied[i]!]
      yield {
        flow: report.firstFlow + i,
        sourceAddress: sourceAddresses[report.addressIndex[i]!]!,
        sourcePort: report.port[i]!,
        member: report.firstMember[i]!,
        sent,
        replied,
        lost: sent - replied - report.late[i]!,
        moved: report.moves.has(i),
      }
    }
  }
}

/** How packets spread over members; undefined when none was taken. */
function packetBalanceOf(
  { plan, reports }: RunRecord,
  members: readonly MemberResult[],
): PacketBalance | undefined {
  const packetsPerMember = members.map((member) => member.packets)
  if (sum(packetsPerMember) === 0) return undefined
  return analysePacketBalance({
    sentPerFlow: reports.flatMap((r) => [...r.sent]),
    memberOfFlow: reports.flatMap((r) => [...r.firstMember]),
    packetsPerMember,
    seed: plan.seed,
  })
}

/** What ended a run before its time: a member, or the front, that was not told to end. */
function failureOf({ deaths, pids, front }: RunRecord): string | undefined {
  if (front?.died !== undefined) return `The front (process ${front.pid}) ${front.died}.`
  const [death] = deaths
  return death && `Member ${death[0]} (process ${pids[death[0]]}) ${death[1]}.`
}

/** Turns what was counted into the result: analysis, books and verdict; nothing here touches the system. */
export function assembleRun(record: RunRecord): RunResult {
  const { plan, reports } = record
  const ledgers = serverLedgers(record)
  const attributed = attributeFlows(record, ledgers.members)
  const members = memberResults(record, ledgers, attributed)
  const books = balanceBooks(clientLedger(reports), ledgers.members, ledgers.ahead)
  const destinationAddress = serverAddress(plan)
  const byFlow = basisOf(plan) === 'flow'
  const seen = analyseAffinity({
    flows: sum(reports.map((r) => r.port.length)),
    firstMember: Int32Array.from(reports.flatMap((r) => [...r.firstMember])),
    moves: new Map(
      reports.flatMap((r) => [...r.moves].map(([flow, owners]) => [flow + r.firstFlow, owners] as const)),
    ),
    tupleOf: (flow) => {
      const [report, i] = findFlow(reports, flow)
      return {
        protocol: plan.protocol,
        sourceAddress: record.sourceAddresses[report.addressIndex[i]!]!,
        sourcePort: report.port[i]!,
        destinationAddress,
        destinationPort: record.port,
      }
    },
  })
  const affinity: Affinity = byFlow ? seen : { ...seen, expected: false, violations: [] }
  const latency = latencyOf(reports)
  const legs = legsOf(reports)
  const lag = lagOf(reports)
  const cpu = cpuPerRoundTripOf(record)
  const failure = failureOf(record)
  const crossCheck = crossCheckOf(record, books, ledgers)
  const clientCpus = cpusOf(plan.pinWorkers, plan.workers)
  const balance = byFlow ? balanceOf(attributed, plan.seed) : undefined
  const packetBalance = byFlow ? packetBalanceOf(record, members) : undefined
  const imbalance = imbalanceOf(record, { members, attributed, balance, packetBalance })
  return {
    schema: RUN_SCHEMA,
    tool: { name: 'rpbench', version: record.toolVersion },
    host: record.host,
    startedAt: record.startedAt.toISOString(),
    durationNs: longestNs(reports),
    ...(failure !== undefined
      ? { stopped: 'failed' as const, failure }
      : record.interrupted && { stopped: 'interrupted' as const }),
    plan: { supplied: record.supplied, effective: { ...plan } },
    group: groupOf(plan, record.port),
    members,
    ...(record.front && { dispatcher: dispatcherOf(plan, record.front) }),
    client: { engine: plan.engine, ...(clientCpus && { cpus: clientCpus }) },
    ...(balance && { balance }),
    affinity,
    ...(record.hashes && {
      hash: analysePlacement([...flowRows(record)], record.hashes, plan.procs),
    }),
    ...(latency && { latency }),
    ...(legs && { legs }),
    throughput: { ...throughputOf(reports, plan), ...(cpu && { cpuPerRoundTripNs: cpu }) },
    books,
    ...(packetBalance && { packetBalance }),
    ...(imbalance && { imbalance }),
    ...(lag &&
      plan.rateHz !== undefined && {
        schedule: { rateHz: plan.rateHz, arrivals: plan.arrivals ?? 'constant', lag },
      }),
    crossCheck,
    validity: judge(evidenceOf(record, { books, crossCheck, latency, lag })),
    startup: record.startup,
    clientResidentBytes: record.clientResidentBytes,
  }
}
