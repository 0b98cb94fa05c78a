import { detachLeftBehind } from '../../observer/left-behind.js'
import type { DetachPlan } from '../../plan/attach-plan.js'
import { viewOf, type GroupView } from './view.js'

/** What was taken off a group. */
export interface DetachedGroup {
  protocol: 'udp' | 'tcp'
  port: number
  /** sockets that had a filter which was left */
  sockets: number
  /** connections that had inherited one */
  connections: number
  /** what was not done, as sentences */
  notes: readonly string[]
}

/** Takes off what an rpbench which was killed left on the groups of a port. Errors as those of `viewOf`. */
export function detachGroups(
  { port, protocols, pid }: DetachPlan,
  view: GroupView = viewOf({ port, ...(pid !== undefined && { pid }) }),
): DetachedGroup[] {
  return protocols.map((protocol) => {
    const found = view.sockets(protocol)
    const { byInode } = view.holders(found.map(({ inode }) => inode))
    const sockets = found.map((socket) => ({ ...socket, holders: byInode.get(socket.inode) ?? [] }))
    const { detached, accepted, notes } = detachLeftBehind({ protocol, port, sockets })
    return { protocol, port, sockets: detached.length, connections: accepted, notes }
  })
}
