import type { Recording } from '../recording/recording.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { RunPlan } from '../plan/run-plan.js'
import { sum } from './figures.js'

/**
 * One recording of those of all shards of a plan, in their order: as if one client had sent the flows of all. Where each had a
 * group of its own, members are numbered on from shard to shard; where all had the same, its counts are there once.
 */
export function mergeRecordings(shards: readonly Recording[]): Recording {
  const [first] = shards as [Recording, ...Recording[]]
  const shared = first.allShards?.group
  const own = shared === undefined && first.group.unknown === undefined
  const { procs } = first.plan
  const members = own ? procs * shards.length : procs
  return {
    plan: { ...wholePlan(shards), procs: members },
    startedAt: first.startedAt,
    startNs: first.startNs,
    group: shared ?? (own ? groupsTogether(shards) : { ...first.group, unknown: {} }),
    ...(own && shards.length > 1 && { groups: shards.length }),
    reports: shards.flatMap((shard, i) =>
      shard.reports.map((report) =>
        placed(report, shard.plan.shard!.firstFlow, { from: own ? i * procs : 0, members }),
      ),
    ),
    host: {},
    ...(first.servedBy && { servedBy: first.servedBy }),
    ...(first.hashes && { hashes: shards.flatMap(({ hashes = [] }) => hashes) }),
    ...(first.questions !== undefined && { questions: first.questions }),
    strangers: shared ? first.strangers : shards.flatMap(({ strangers }) => strangers),
    silences: [],
    interrupted: shards.some(({ interrupted }) => interrupted),
    startup: first.startup,
    clientResidentBytes: first.clientResidentBytes,
  }
}

/** What the parts did, as the plan of all of them. */
function wholePlan(shards: readonly Recording[]): RunPlan {
  const plans = shards.map(({ plan }) => plan)
  const { shard, startAt: _, ...plan } = plans[0]!
  return {
    ...plan,
    ...shard!.whole,
    waveSize: sum(plans.map(({ waveSize }) => waveSize)),
    waves: Math.max(...plans.map(({ waves }) => waves)),
    workers: sum(plans.map(({ workers }) => workers)),
  }
}

/** Groups of the same size as one: members of the second follow those of the first. */
function groupsTogether(shards: readonly Recording[]): Recording['group'] {
  const groups = shards.map(({ group }) => group)
  const { port } = groups[0]!
  return {
    port: groups.every((group) => group.port === port) ? port : 0,
    lives: groups.flatMap(({ lives }, i) =>
      lives.map((life) => ({ ...life, member: life.member + i * shards[0]!.plan.procs })),
    ),
    watchedNs: Math.max(...groups.map(({ watchedNs }) => watchedNs)),
  }
}

/** A report whose flows and members stand at their places among those of all shards. */
function placed(
  report: WorkerReport,
  firstFlow: number,
  { from, members }: { from: number; members: number },
): WorkerReport {
  const none = { replies: 0, late: 0, answeredUnderLoad: 0, histograms: {} }
  const before = Array.from({ length: from }, () => none)
  const after = Array.from({ length: members - from - report.members.length }, () => none)
  return {
    ...report,
    firstFlow: firstFlow + report.firstFlow,
    firstMember: report.firstMember.map((member) => (member < 0 ? member : member + from)),
    moves: new Map(
      [...report.moves].map(([flow, owners]) => [flow, new Set([...owners].map((owner) => owner + from))]),
    ),
    members: [...before, ...report.members, ...after],
  }
}
