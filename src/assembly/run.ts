import { analyseAffinity } from '../analysis/affinity/affinity.js'
import { analysePlacement } from '../analysis/affinity/placement.js'
import { analyseTakenBalance } from '../analysis/balance/taken-balance.js'
import { residuals as residualsOf } from '../stats/residuals.js'
import { cpuOf, cpusOf } from '../plan/cpu-list.js'
import { DISPATCH, hasOwnSocket } from '../plan/dispatch.js'
import { portProtocolOf } from '../plan/protocol.js'
import { firstFlowOf } from '../plan/shard.js'
import { basisOf } from '../plan/steering.js'
import { sourceOf } from '../plan/flow-sources.js'
import { devicesOf, sharedSocketsOf } from '../recording/flow-sources.js'
import { packRecording } from '../recording/packed-recording.js'
import type { Recording } from '../recording/recording.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { Affinity, FlowRow, MemberResult, TakenBalance, RunResult } from '../result/run-result.js'
import { answersOf } from './answers.js'
import { commandsOf } from './commands.js'
import { booksOf } from './books.js'
import { connectionsOf } from './connections.js'
import { attributeFlows, balanceOf, type FlowAttribution } from './attribution.js'
import { withCutOff } from './cut-off.js'
import { frontResult } from './front.js'
import { crossCheckOf, observationsOf } from './observations.js'
import {
  answeredUnderLoad,
  cpuPerRoundTripOf,
  headOf,
  latencyOf,
  legsOf,
  scheduleOf,
  servedVariationOf,
  sum,
  throughputOf,
} from './figures.js'
import { histogramsOf } from './histograms.js'
import { imbalanceOf } from './imbalance.js'
import { memberConnectionsOf } from './member-connections.js'
import { intervalsOf } from './intervals.js'
import type { Origin } from './origin.js'
import { statusesOf } from './statuses.js'
import { noLedgers, serverLedgers, type ServerLedgers } from './server-ledgers.js'
import { standstillOf } from './silences.js'
import { targetFigures } from './target.js'
import { validityOf } from './validity.js'
import { RUN_SCHEMA } from '../result/schema-names.js'

function memberResults(
  { plan, reports, group, groups, allShards }: Recording,
  { members, ahead }: ServerLedgers,
  attributed: FlowAttribution,
): MemberResult[] {
  const { counts, known } = attributed.placement
  const residuals = basisOf(plan) === 'flow' && known && sum(counts) > 0 ? residualsOf(counts, groups) : []
  return group.lives.map((life, index) => {
    const { pid, after, residentBytes, died } = life
    const connections = memberConnectionsOf([life])
    const ledger = members[index]!
    const latency = latencyOf(reports, index)
    const legs = legsOf(reports, index)
    const servedVariation = servedVariationOf(reports, index)
    const residual = residuals[index]
    const cpu = cpuOf(plan.pinMembers, index)
    return {
      index,
      pid,
      flows: attributed.flows[index]!,
      ...(!allShards && { taken: ledger.taken, echoed: ledger.echoed, echoErrors: ledger.echoErrors }),
      replies: sum(reports.map((r) => r.members[index]!.replies)),
      late: sum(reports.map((r) => r.members[index]!.late)),
      ...(!allShards && DISPATCH[plan.dispatch].ownQueues && { drops: ledger.drops }),
      ...(!allShards && { strangers: ledger.strangers }),
      ...(connections && { connections }),
      ...(attributed.complete &&
        DISPATCH[plan.dispatch].ownQueues && { sent: attributed.sentOnFlows[index]! }),
      // Whose it was that was lost ahead of all members, nobody knows.
      ...(!allShards &&
        attributed.complete &&
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
      ...(!allShards &&
        hasOwnSocket(plan) && {
          backlog: Math.max(0, ledger.taken + ledger.drops + ledger.left - answeredUnderLoad(reports, index)),
        }),
      ...(servedVariation !== undefined && { servedVariation }),
      ...(died !== undefined && { died }),
    }
  })
}

/** Flow id → the report it is in, and its place there. Reports are in the order of their flows. */
function findFlow(reports: readonly WorkerReport[], flow: number): [WorkerReport, number] {
  const report = reports.findLast((r) => r.firstFlow <= flow)!
  return [report, flow - report.firstFlow]
}

/** One row a flow, in the order of flow ids, which are those of the whole plan. */
export function* flowRows({ plan, reports }: Pick<Recording, 'plan' | 'reports'>): Generator<FlowRow> {
  const first = firstFlowOf(plan)
  for (const report of reports) {
    for (let i = 0; i < report.sent.length; i++) {
      const [sent, replied] = [report.sent[i]!, report.replied[i]!]
      const { address, port } = sourceOf(report.sources, i)
      yield {
        flow: first + report.firstFlow + i,
        sourceAddress: address,
        sourcePort: port,
        member: report.firstMember[i]!,
        sent,
        replied,
        lost: sent - replied - report.late[i]!,
        moved: report.moves.has(i),
      }
    }
  }
}

/** A column of all reports, in the order of flow ids; that of the only one is not copied. */
function perFlow(reports: readonly WorkerReport[], column: 'sent' | 'firstMember'): ArrayLike<number> {
  const [only, ...others] = reports.map((report) => report[column])
  if (others.length === 0) return only ?? []
  const all = new Int32Array(sum(reports.map((report) => report[column].length)))
  for (const report of reports) all.set(report[column], report.firstFlow)
  return all
}

/** How packets spread over members; undefined when none was taken. */
function takenBalanceOf(
  { plan, reports }: Recording,
  members: readonly MemberResult[],
): TakenBalance | undefined {
  const takenPerMember = members.flatMap((member) => member.taken ?? [])
  if (sum(takenPerMember) === 0) return undefined
  return analyseTakenBalance({
    sentPerFlow: perFlow(reports, 'sent'),
    memberOfFlow: perFlow(reports, 'firstMember'),
    takenPerMember,
    seed: plan.seed,
  })
}

/** Whether flows stayed at their members; those that did not, with where they come from. */
function affinityOf({ plan, reports, group }: Recording, moved: number | undefined): Affinity {
  const { host: destinationAddress } = plan
  const { violations, ...counts } = analyseAffinity({
    flows: sum(reports.map((r) => r.sent.length)),
    firstMember: perFlow(reports, 'firstMember'),
    sent: perFlow(reports, 'sent'),
    moves: new Map(
      reports.flatMap((r) => [...r.moves].map(([flow, owners]) => [flow + r.firstFlow, owners] as const)),
    ),
    tupleOf: (flow) => {
      const [report, i] = findFlow(reports, flow)
      const { address, port } = sourceOf(report.sources, i)
      return {
        protocol: portProtocolOf(plan.protocol),
        sourceAddress: address,
        sourcePort: port,
        destinationAddress,
        destinationPort: group.port,
      }
    },
  })
  // Ids are those of the whole plan.
  const first = firstFlowOf(plan)
  const seen = { ...counts, violations: violations.map((one) => ({ ...one, flow: first + one.flow })) }
  if (plan.membersUnknown) {
    const { moved: _, violations: __, ...known } = seen
    return { ...known, ...(moved !== undefined && { moved }) }
  }
  return basisOf(plan) === 'flow' ? seen : { ...seen, expected: false, violations: [] }
}

/** Turns a recording into the result: analysis, books and verdict; nothing here touches the system. */
export function assembleRun(recorded: Recording, origin: Origin): RunResult {
  const recording = withCutOff(recorded)
  const { plan, reports, group, groups = 1, hashes, allShards } = recording
  const ledgers = allShards ? noLedgers(group.lives.length) : serverLedgers(plan.dispatch, group)
  const attributed = attributeFlows(recording, ledgers.members)
  const members = memberResults(recording, ledgers, attributed)
  const books = booksOf(recording, ledgers)
  const byFlow = basisOf(plan) === 'flow'
  const latency = latencyOf(reports)
  const legs = legsOf(reports)
  const schedule = scheduleOf(recording)
  const histograms = histogramsOf(recording)
  const cpu = cpuPerRoundTripOf(recording)
  const intervals = intervalsOf(recording, books)
  const connections = connectionsOf(recording)
  const crossCheck = crossCheckOf(recording, books, ledgers)
  const sockets = sharedSocketsOf(reports)
  const devices = devicesOf(reports)
  const clientCpus = cpusOf(plan.pinWorkers, plan.workers)
  const target = targetFigures(recording)
  const balance = byFlow ? balanceOf(attributed, plan.seed, groups) : target.counts?.balance
  // Of several groups, what their members take depends on the flows of each.
  const takenBalance = byFlow && groups === 1 ? takenBalanceOf(recording, members) : undefined
  const { counts, known } = attributed.placement
  const standstill = standstillOf(recording, ({ member }) =>
    known ? { own: counts[member]!, of: sum(counts) } : undefined,
  )
  const answers = answersOf(recording)
  const commands = commandsOf(recording)
  const statuses = statusesOf(recording)
  const imbalance = imbalanceOf(recording, { members, attributed, balance, takenBalance })
  return {
    schema: RUN_SCHEMA,
    ...headOf(recording, books, origin),
    ...(allShards && {
      allShards: { runId: allShards.runId, shards: allShards.shards, lost: allShards.lost },
    }),
    members,
    ...(group.front && !allShards && { front: frontResult(plan, group.front) }),
    ...standstill,
    client: {
      engine: plan.engine,
      ...(sockets > 0 && { sockets }),
      ...(devices > 0 && { devices }),
      ...(clientCpus && { cpus: clientCpus }),
    },
    ...(balance && { balance }),
    ...target.result,
    ...(commands && { commands }),
    ...(answers && { answers }),
    ...(statuses && { statuses }),
    affinity: affinityOf(recording, target.counts?.moved),
    ...(hashes && { hash: analysePlacement([...flowRows(recording)], hashes, plan.procs) }),
    ...(latency && { latency }),
    ...(legs && { legs }),
    throughput: { ...throughputOf(recording), ...(cpu && { cpuPerRoundTripNs: cpu }) },
    ...(connections && { connections }),
    books,
    ...(takenBalance && { takenBalance }),
    ...(imbalance && { imbalance }),
    ...(schedule && { schedule }),
    crossCheck,
    validity: validityOf(
      observationsOf(recording, { books, crossCheck, standstill, latency, lag: schedule?.lag }),
    ),
    ...(intervals && { intervals }),
    startup: recording.startup,
    clientResidentBytes: recording.clientResidentBytes,
    ...(plan.shard && { shard: keptShardOf(recorded) }),
    ...(histograms && { histograms }),
  }
}

/** What is kept of a part of a plan, for merging. */
function keptShardOf(recording: Recording): RunResult['shard'] {
  const { startedAt, startNs } = recording
  return {
    measuredAt: new Date(startedAt.getTime() + startNs / 1e6).toISOString(),
    recording: packRecording(recording),
  }
}
