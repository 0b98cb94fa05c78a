import type { RunPlan } from './run-plan.js'

/** What a plan says of the group itself. */
const GROUP_KEYS = [
  'procs',
  'server',
  'host',
  'listen',
  'port',
  'dispatch',
  'steering',
  'receiveBufferBytes',
  'pinMembers',
  'serviceTimeNs',
  'serviceDistribution',
  'serviceKind',
  'slowMember',
] as const satisfies (keyof RunPlan)[]

export type GroupPlan = Pick<RunPlan, (typeof GROUP_KEYS)[number]>

/** The part of a plan that is of the group. */
export function groupPlanOf(plan: RunPlan): GroupPlan {
  const entries = GROUP_KEYS.flatMap((key) => (plan[key] === undefined ? [] : [[key, plan[key]] as const]))
  return Object.fromEntries(entries) as unknown as GroupPlan
}

/** A plan on a group that tells what it is; where it is asked stays as it was. */
export function planOn(group: GroupPlan, plan: RunPlan): RunPlan {
  const { host, port } = plan
  const known: RunPlan = { ...plan, ...group, host, port }
  delete known.membersUnknown
  return known
}
