import { isHeld, type TaskState } from '../../recording/silence.js'

/** What one look at a server found. */
export interface Look {
  atNs: number
  /** grows as long as the server serves */
  progress: number
  /** what its thread does; absent where it has ended, or was not looked at since progress says enough */
  state?: TaskState
  /** the longest that it may work for one request, ns */
  longestServiceNs: number
}

/** What is known of a server from the looks at it so far. */
export interface Attention {
  lookedNs: number
  progress: number
  /** when it was last seen at work */
  workedNs: number
  /** how long it was seen not to be at work since, ns */
  stillNs: number
  /** it stands still, and in what state */
  silent?: TaskState
}

/** In this time an idle server has five turns: one that is held has stood still, and is not just looked at by a debugger. */
const HELD_NS = 50e6

/**
 * How long a server that nobody holds may go without a turn: an idle one has a hundred in a second, and one that waits for
 * its CPU behind 255 others, with slices of 3 ms on two CPUs, has one in 0.4 s.
 */
const PATIENCE_NS = 2e9

/**
 * The most that counts between two looks: who looks ten times a second and comes back after a minute has stood still itself,
 * and saw nothing of that minute.
 */
const MOST_BETWEEN_NS = 250e6

/**
 * Whether a server stands still, from one more look at it: soon where something holds it, after some time where it just has
 * no turn.
 */
export function attend(before: Attention | undefined, look: Look): Attention {
  const { atNs, progress, state, longestServiceNs } = look
  if (before === undefined || progress !== before.progress)
    return { lookedNs: atNs, progress, workedNs: atNs, stillNs: 0 }
  const stillNs = before.stillNs + Math.min(atNs - before.lookedNs, MOST_BETWEEN_NS)
  const bound = isHeld(state) ? HELD_NS : PATIENCE_NS + longestServiceNs
  const { workedNs } = before
  const known = { lookedNs: atNs, progress, workedNs, stillNs }
  return state !== undefined && stillNs > bound ? { ...known, silent: state } : known
}
