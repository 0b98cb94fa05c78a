import type { DispatchKind } from './dispatch.js'

/** What picks the member of a datagram: the kernel's hash, or something that is put in its place. */
export const STEERINGS = [
  'hash',
  'random',
  'cpu',
  'incoming-cpu',
  'round-robin',
  'consistent',
  'sticky',
] as const

export type SteeringKind = (typeof STEERINGS)[number]

/**
 * What a steering goes by:
 * - `flow`: each flow has one member, and a flow is as likely to get one as another. Affinity and balance can be tested.
 * - `cpu`: the CPU that handles the datagram. A flow moves when its sender does, and members of idle CPUs get nothing.
 * - `datagram`: each datagram is placed anew, so a flow has no member.
 */
export type SteeringBasis = 'flow' | 'cpu' | 'datagram'

const BASIS: Readonly<Record<SteeringKind, SteeringBasis>> = {
  hash: 'flow',
  random: 'datagram',
  cpu: 'cpu',
  'incoming-cpu': 'cpu',
  'round-robin': 'datagram',
  consistent: 'flow',
  sticky: 'flow',
}

interface Placement {
  steering?: SteeringKind | undefined
  dispatch?: DispatchKind | undefined
}

/** What decides which member gets a datagram: of a plan, or of a group in a result, where the usual is left out. */
export function basisOf({ steering = 'hash', dispatch = 'reuseport' }: Placement): SteeringBasis {
  // Members of one socket take what comes, each when it is its turn; a front goes by flow, and a single member has all.
  return dispatch === 'shared' ? 'datagram' : BASIS[steering]
}
