import { watchedFindingInWords } from '../advice/watched-words.js'
import { watchedFindings } from '../analysis/watched/findings.js'
import { countedBalance, memberCounts } from '../analysis/watched/flow-counts.js'
import {
  explainedOf,
  picksAmong,
  socketGroups,
  type Picks,
  type SocketGroup,
} from '../analysis/watched/socket-groups.js'
import type { WatchedGroup } from '../recording/watched-group.js'
import type { AttachGroup, AttachMember, AttachResult } from '../result/attach-result.js'
import type { Balance } from '../result/run-result.js'
import { ATTACH_SCHEMA } from '../result/schema-names.js'
import { observingCostOf } from './observing-cost.js'
import type { Origin } from './origin.js'

/** Makes the result of what was seen of a group that is not ours. */
export function attachResultOf(watched: WatchedGroup, { toolVersion, host, supplied }: Origin): AttachResult {
  const { plan, protocol, members, counts, explained, observerCost } = watched
  const groups = socketGroups(members, explained)
  const counted = counts && memberCounts(members, counts)
  const balances = groups.map((group) => counted && countedBalance(members, group.members, counted))
  const facts = { watched, groups, balances }
  return {
    schema: ATTACH_SCHEMA,
    tool: { name: 'rpbench', version: toolVersion },
    startedAt: watched.startedAt.toISOString(),
    host,
    durationNs: Math.round(watched.durationNs),
    ...(watched.stopped && { stopped: watched.stopped }),
    ...(watched.failure !== undefined && { failure: watched.failure }),
    plan: { supplied, effective: { ...plan, protocol } },
    levels: {
      inForce: watched.level,
      refusals: watched.refusals.map((refusal) => ({ ...refusal })),
      notes: [...watched.notes, ...takersNotes(watched)],
    },
    groups: groups.map((group, i) => groupResult(group, balances[i], picksAmong(group, members, explained))),
    members: members.map((_, index) => ({
      ...memberResult(watched, index, groups),
      ...(counted && { flows: counted.flows[index]!, packets: counted.packets[index]! }),
    })),
    hiddenProcesses: watched.hiddenProcesses,
    ...(counted && { affinity: counted.affinity }),
    findings: watchedFindings(facts).map((found) => watchedFindingInWords(found, facts)),
    cost: {
      looks: watched.looks,
      cpuNs: Math.round(watched.cpuNs),
      ...observingCostOf(observerCost ?? {}),
    },
    intervals: watched.intervals,
  }
}

/** Why no program saw who takes, where that would have told more. */
function takersNotes({ takersRefused, refusals, members }: WatchedGroup): string[] {
  const wanted = members.some(({ readers }) => readers?.othersUnseen)
  // Where the level is refused for the same reason, that is told already.
  if (!wanted || takersRefused === undefined) return []
  const { why, needs } = takersRefused
  if (refusals.some((refusal) => refusal.level === 'explain' && refusal.needs === needs)) return []
  return [
    `Readers that no call shows are not seen: ${why}${needs === undefined ? '' : `; it needs ${needs}`}.`,
  ]
}

function groupResult(
  { socket, members, explained }: SocketGroup,
  balance: Balance | undefined,
  picks: Picks | undefined,
): AttachGroup {
  const { family, address, ipv6Only, device, uid } = socket
  return {
    family,
    address,
    ...(ipv6Only !== undefined && { ipv6Only }),
    ...(device !== undefined && { device }),
    uid,
    members: [...members],
    ...(explained && { size: explained.size }),
    ...(explained?.program && { program: explained.program }),
    ...(picks && { picks }),
    ...(balance && { balance }),
  }
}

function memberResult(
  { members, explained }: WatchedGroup,
  index: number,
  groups: readonly SocketGroup[],
): AttachMember {
  const member = members[index]!
  const { socket, joinedNs, leftNs, holders, readers, dropsFirst = 0 } = member
  const { reuseport, incomingCpu, group } = explainedOf(member, explained) ?? {}
  return {
    index,
    group: groups.findIndex((one) => one.members.includes(index)),
    inode: socket.inode,
    ...(socket.cookie !== undefined && { cookie: socket.cookie }),
    ...(joinedNs !== undefined && { joinedNs: Math.round(joinedNs) }),
    ...(leftNs !== undefined && { leftNs: Math.round(leftNs) }),
    ...(holders && { holders }),
    ...(readers && { readers }),
    queue: {
      last: socket.queued,
      most: member.queuedMost,
      looks: member.queuedLooks,
      ...(socket.queueLimit !== undefined && { limit: socket.queueLimit }),
    },
    ...(socket.drops !== undefined && { drops: socket.drops - dropsFirst }),
    ...(reuseport !== undefined && { reuseport }),
    ...(incomingCpu !== undefined && { incomingCpu }),
    ...(group?.order !== undefined && { order: group.order }),
  }
}
