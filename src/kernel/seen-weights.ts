import type { Life } from './group-array.js'
import type { FlowWeights } from './remap.js'

/** Members, by index, that do not answer: on which side of a change. */
export interface Silence {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/**
 * What of a model can be seen where members are silent: flows that one of them has before the change or after it are
 * answered on one side only, and so are missing from every count of flows that moved or stayed.
 */
export function seenWeights(
  weights: FlowWeights,
  before: readonly Life[],
  after: readonly Life[],
  silence: Silence,
): { weights: FlowWeights; darkShare: number } {
  const unheard = (from: number): boolean => silence.before.includes(before[from]!.member)
  const dark = (to: number): boolean => silence.after.includes(after[to]!.member)
  let seen = 0
  let gone = 0
  weights.forEach((from, to, weight) => {
    if (dark(to)) gone += weight
    else if (!unheard(from)) seen += weight
  })
  return {
    darkShare: gone / weights.total,
    weights: {
      total: seen,
      forEach: (add) =>
        weights.forEach((from, to, weight) => {
          if (!dark(to) && !unheard(from)) add(from, to, weight)
        }),
    },
  }
}
