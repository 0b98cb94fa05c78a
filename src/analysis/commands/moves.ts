import type { Counts } from '../../recording/observation.js'
import { sourceName } from '../watched/target-counts.js'

/** What a command moved. */
export interface CommandMoves {
  /** flows that were seen on both sides of it */
  seen: number
  /** those of them that came after it to a socket to which they had not come before */
  moved: number
}

const keyOf = ({ cookie, sourceAddress, sourcePort }: Counts['flows'][number]): string =>
  `${cookie} ${sourceName(sourceAddress, sourcePort)}`

/** By flow, the sockets that got some of it between two readings of what was counted since the beginning. */
function socketsBetween(from: Counts | undefined, to: Counts): Map<string, Set<number>> {
  const before = new Map(from?.flows.map((flow) => [keyOf(flow), flow.packets]))
  const sockets = new Map<string, Set<number>>()
  for (const flow of to.flows) {
    if (flow.packets <= (before.get(keyOf(flow)) ?? 0)) continue
    const name = sourceName(flow.sourceAddress, flow.sourcePort)
    const own = sockets.get(name) ?? new Set()
    sockets.set(name, own.add(flow.cookie))
  }
  return sockets
}

/**
 * What a command moved among the sockets of a server, from what was counted there: readings at the previous command (none at the
 * first), at this one, and at the next or the end. Right after it a flow may still come to its old socket; so it is new ones
 * that count.
 * @param ours names of the sources of all our flows
 * @returns undefined where flows found no room in the table of what is counted
 */
export function movesOf(
  previous: Counts | undefined,
  at: Counts,
  next: Counts,
  ours: ReadonlySet<string>,
): CommandMoves | undefined {
  if (next.unlisted > 0) return undefined
  const [before, after] = [socketsBetween(previous, at), socketsBetween(at, next)]
  let [seen, moved] = [0, 0]
  for (const [name, sockets] of after) {
    const had = before.get(name)
    if (had === undefined || !ours.has(name)) continue
    seen++
    if ([...sockets].some((cookie) => !had.has(cookie))) moved++
  }
  return { seen, moved }
}
