import type { SelectionRule } from './lookup.js'

/**
 * One life of one member: the member keeps its index for ever, each start of its process is a new generation.
 * A restarted member is not the one that left: its process, its sockets and what it knew of its flows are gone.
 */
export interface Life {
  readonly member: number
  readonly generation: number
}

/** Whether a successor is opened before or after its predecessor is closed. */
export type StartStopOrder = 'start-then-stop' | 'stop-then-start'

/**
 * A change of a group.
 * - `resize`: new members join one by one; the other way round the newest leaves first.
 * - `replace`, `fifo` or `reverse`: all successors start (blue/green), then the old members close, in the order of
 *   the array or against it; `rolling`: one member after another, in order, as by `restart`.
 */
export type Change =
  | { readonly kind: 'resize'; readonly to: number }
  | { readonly kind: 'remove'; readonly member: number }
  | { readonly kind: 'restart'; readonly member: number; readonly order: StartStopOrder }
  | { readonly kind: 'replace'; readonly manner: 'fifo' | 'reverse' }
  | { readonly kind: 'replace'; readonly manner: 'rolling'; readonly order: StartStopOrder }

/** One bind() or close() of a member's socket. */
export interface Step extends Life {
  readonly action: 'start' | 'stop'
}

/** A fresh group of `n` members, bound in order: slot = member. */
export function freshGroup(n: number): Life[] {
  return Array.from({ length: n }, (_, member) => ({ member, generation: 0 }))
}

/**
 * The group after one step, in slots: the array for rule `4.5`, otherwise the hash chain from oldest to newest.
 * A new socket takes the slot at the end. From the array the last socket moves into the hole; from the chain the
 * socket is unlinked and the others keep their order.
 * Source: `reuseport_add_sock`, `reuseport_detach_sock`, net/core/sock_reuseport.c (Linux 4.5 – 6.18); for the chain
 * `udp_lib_get_port` and `udp_lib_unhash`, net/ipv4/udp.c (Linux 3.9 – 4.4). The array was measured on Linux 6.18.
 */
export function applyStep(rule: SelectionRule, group: readonly Life[], step: Step): Life[] {
  const { member, generation } = step
  if (step.action === 'start') return [...group, { member, generation }]
  const hole = slotsOf(group).get(lifeKey(step))
  const last = group.at(-1)
  if (hole === undefined || last === undefined) {
    throw new RangeError(`member ${member} of generation ${generation} is not in the group`)
  }
  return rule === '4.5' ? group.with(hole, last).slice(0, -1) : group.toSpliced(hole, 1)
}

/**
 * The steps that a change of a group consists of, in the order in which they happen. Successors are of the next
 * generation; newcomers take the member indexes after the highest.
 */
export function stepsOf(group: readonly Life[], change: Change): Step[] {
  if (change.kind === 'resize') return resizeSteps(group, change.to)
  if (change.kind === 'remove') return [stop(memberOf(group, change.member))]
  if (change.kind === 'restart') return restartSteps(memberOf(group, change.member), change.order)
  const { manner } = change
  const members = group.toSorted((a, b) => a.member - b.member)
  if (manner === 'rolling') return members.flatMap((life) => restartSteps(life, change.order))
  const closing = manner === 'fifo' ? group : group.toReversed()
  return [...members.map(startSuccessor), ...closing.map(stop)]
}

function memberOf(group: readonly Life[], member: number): Life {
  const life = group.find((s) => s.member === member)
  if (life === undefined) throw new RangeError(`there is no member ${member} in the group`)
  return life
}

/** The slot of each member of a group, found by `lifeKey`. */
export function slotsOf(group: readonly Life[]): Map<string, number> {
  return new Map(group.map((life, slot) => [lifeKey(life), slot]))
}

export function lifeKey({ member, generation }: Life): string {
  return `${member}.${generation}`
}

function resizeSteps(group: readonly Life[], to: number): Step[] {
  const from = group.length
  if (to < from) return group.slice(to).toReversed().map(stop)
  const next = Math.max(-1, ...group.map(({ member }) => member)) + 1
  return Array.from({ length: to - from }, (_, i) => ({ action: 'start', member: next + i, generation: 0 }))
}

function restartSteps(life: Life, order: StartStopOrder): Step[] {
  return order === 'start-then-stop' ? [startSuccessor(life), stop(life)] : [stop(life), startSuccessor(life)]
}

function startSuccessor({ member, generation }: Life): Step {
  return { action: 'start', member, generation: generation + 1 }
}

function stop({ member, generation }: Life): Step {
  return { action: 'stop', member, generation }
}
