import type { LossCounts } from '../../result/churn-result.js'

/** Requests of one stretch of a run, from one change to the next, and what was counted in it. */
export interface LossStretch {
  /** sent in it and never answered */
  lost: number
  /** dropped at members' sockets in it */
  dropped: number
  /** datagrams that met no socket in it; 0 where none of them was ours */
  noPorts: number
  /** whether a socket of the group closed in it, or later */
  closing: boolean
}

/** Of the whole run, by its books: what only the end of a socket, or of the run, brings to light. */
export interface LossBudget {
  closedWithSocket: number
  leftAtMembers: number
}

/**
 * Sorts what was lost in each stretch of a run by its causes. What the kernel counts is exact, but for what falls between the
 * moment of a reading and the boundary of the stretch: an excess of drops over losses is the neighbour's, as far as that has
 * losses without a cause. What was in a queue counts where it was sent, not where the socket closed: it is what remains, as
 * much of it as the books have, in the order of time.
 * @returns one for each stretch; its counts add up to `lost`
 */
export function causesOfLosses(stretches: readonly LossStretch[], budget: LossBudget): LossCounts[] {
  const dropped = dropsWhereLost(stretches)
  let { closedWithSocket: closed, leftAtMembers: left } = budget
  return stretches.map(({ lost, noPorts, closing }, i) => {
    let rest = lost
    const take = (most: number): number => {
      const taken = Math.max(0, Math.min(rest, most))
      rest -= taken
      return taken
    }
    const droppedAtMembers = take(dropped[i]!)
    const noSocket = take(noPorts)
    const closedWithSocket = take(closing ? closed : 0)
    closed -= closedWithSocket
    const leftAtMembers = take(left)
    left -= leftAtMembers
    return { droppedAtMembers, noSocket, closedWithSocket, leftAtMembers, otherwise: rest }
  })
}

/** Drops by stretch, with those that were counted on the wrong side of a boundary moved over it. */
function dropsWhereLost(stretches: readonly LossStretch[]): number[] {
  const dropped = stretches.map((stretch) => stretch.dropped)
  const excess = (i: number): number => dropped[i]! - stretches[i]!.lost
  for (let i = 1; i < dropped.length; i++) {
    const onward = Math.max(0, Math.min(excess(i - 1), -excess(i)))
    const back = Math.max(0, Math.min(excess(i), -excess(i - 1)))
    dropped[i - 1]! += back - onward
    dropped[i]! += onward - back
  }
  return dropped
}
