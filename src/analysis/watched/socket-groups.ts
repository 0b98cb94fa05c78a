import type { ExplainedSocket } from '../../recording/observation.js'
import type { WatchedMember } from '../../recording/watched-group.js'

/** Sockets among which the kernel picks one. */
export interface SocketGroup {
  /** what its sockets are bound to, as the first has it */
  socket: WatchedMember['socket']
  /** indexes of its members */
  members: number[]
  /** as the kernel has it; absent where that was not read */
  explained?: NonNullable<ExplainedSocket['group']>
}

/** What sockets have in common that are in a group: family, IPV6_V6ONLY, device, address and user (kernel: reuseport_add_sock). */
const keyOf = ({ family, ipv6Only, device = 0, address, uid }: WatchedMember['socket']): string =>
  [family, ipv6Only, device, address, uid].join(' ')

/** How the kernel had the socket of a member; undefined where that was not read, or it was gone by then. */
export function explainedOf(
  { socket }: WatchedMember,
  explained: readonly ExplainedSocket[] = [],
): ExplainedSocket | undefined {
  return explained.find(({ cookie }) => cookie === socket.cookie)
}

/**
 * The groups of a port, those of the first members first: sockets bound alike. Sockets without SO_REUSEPORT cannot be bound alike at a time,
 * so that each stands alone.
 */
export function socketGroups(
  members: readonly WatchedMember[],
  explained?: readonly ExplainedSocket[],
): SocketGroup[] {
  const groups = new Map<string, SocketGroup>()
  for (const [index, member] of members.entries()) {
    const { socket } = member
    const kernels = explainedOf(member, explained)?.group
    const group = groups.get(keyOf(socket)) ?? { socket, members: [] }
    group.members.push(index)
    if (kernels !== undefined) group.explained = kernels
    groups.set(keyOf(socket), group)
  }
  return [...groups.values()]
}
