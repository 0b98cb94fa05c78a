import {
  consistentModel,
  hashModel,
  randomModel,
  stickyModel,
  type SteeringModel,
} from '../kernel/steering-model.js'
import { stickySinceStart } from '../kernel/sticky-history.js'
import { DISPATCH, type DispatchKind } from './dispatch.js'

/**
 * What a steering goes by:
 * - `flow`: each flow has one member, and a flow is as likely to get one as another. Affinity and balance can be tested.
 * - `cpu`: the CPU that handles the datagram. A flow moves when its sender does, and members of idle CPUs get nothing.
 * - `datagram`: each datagram is placed anew, so a flow has no member.
 */
export type SteeringBasis = 'flow' | 'cpu' | 'datagram'

/** What decides that, as far as it is known: not of a server that is not ours. */
export type PlacementBasis = SteeringBasis | 'unknown'

/** What of a steering is known without any socket; what puts it in force is the row of the same name in steering/open.ts. */
export type SteeringRow = {
  /** what the member of a datagram is picked by, in a few words */
  readonly help: string
  /** where a flow keeps its place at a change although a fresh one would get another: what came of a group's history */
  readonly sinceStart?: typeof stickySinceStart
} & (
  | { readonly basis: 'flow'; readonly model: SteeringModel }
  /** `null`: what is not of the group decides, such as the sender's CPU, so that nothing can be said of a flow */
  | { readonly basis: Exclude<SteeringBasis, 'flow'>; readonly model: SteeringModel | null }
)

/** What picks the member of a datagram: the kernel's hash, or something that is put in its place. */
export const STEERING = {
  hash: { basis: 'flow', help: 'the kernel’s hash of the flow', model: hashModel },
  random: { basis: 'datagram', help: 'a member drawn for each datagram', model: randomModel },
  cpu: { basis: 'cpu', help: 'the CPU that handles it, by a program', model: null },
  'incoming-cpu': { basis: 'cpu', help: 'the CPU that handles it, by SO_INCOMING_CPU', model: null },
  'round-robin': { basis: 'datagram', help: 'members in turn', model: null },
  consistent: { basis: 'flow', help: 'a table that moves the least', model: consistentModel },
  sticky: {
    basis: 'flow',
    help: 'where its flow was, else by that table',
    model: stickyModel,
    sinceStart: stickySinceStart,
  },
} as const satisfies Record<string, SteeringRow>

export type SteeringKind = keyof typeof STEERING

export const STEERINGS = Object.keys(STEERING) as [SteeringKind, ...SteeringKind[]]

/** Those under which it can be said what a change does to a flow. */
export type PredictedSteering = {
  [Kind in SteeringKind]: (typeof STEERING)[Kind]['model'] extends null ? never : Kind
}[SteeringKind]

export const PREDICTED_STEERINGS = STEERINGS.filter(
  (kind): kind is PredictedSteering => STEERING[kind].model !== null,
)

interface Placement {
  steering?: SteeringKind | undefined
  dispatch?: DispatchKind | undefined
  membersUnknown?: true | undefined
}

/** What decides which member gets a datagram: of a plan, or of a group in a result, where the usual is left out. */
export function basisOf({
  steering = 'hash',
  dispatch = 'reuseport',
  membersUnknown,
}: Placement): PlacementBasis {
  if (membersUnknown) return 'unknown'
  const { by } = DISPATCH[dispatch]
  return by === 'steering' ? STEERING[steering].basis : by
}

/** Names with what each of them is, for the help of a flag. */
export function steeringsInWords(kinds: readonly SteeringKind[]): string {
  return kinds.map((kind) => `${kind} (${STEERING[kind].help})`).join(', ')
}

/** Those under which a flow has a member of its own. */
export const STEERINGS_BY_FLOW = STEERINGS.filter((steering) => basisOf({ steering }) === 'flow')
