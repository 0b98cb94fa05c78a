import type { Life } from '../kernel/group-array.js'

/** On the wire a member's index has 16 bits. */
const INDEXES = 2 ** 16

/** A number for the life of a member that answered. */
export function lifeCode(member: number, generation: number): number {
  return generation * INDEXES + member
}

/** The same of a life as changes name it. */
export function codeOf({ member, generation }: Life): number {
  return lifeCode(member, generation)
}

/**
 * Where each flow was served over time, as stays: a row says that flow `flow` was answered by `life`, for requests sent
 * from `fromNs` to `toNs`, with answers that came from `heardFromNs` to `heardToNs`. A stay ends when another member
 * answers, or when the flow heard nothing for longer than a gap. Columns have one entry a stay, times are ns since the
 * run's epoch.
 */
export interface FlowStays {
  flow: Int32Array
  life: Float64Array
  fromNs: Float64Array
  toNs: Float64Array
  heardFromNs: Float64Array
  heardToNs: Float64Array
}
