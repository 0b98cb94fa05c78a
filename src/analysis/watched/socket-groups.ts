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

/** What picks among the members of a group. */
export type Picks = 'hash' | 'program' | 'incoming-cpu' | 'lookup-program' | 'nothing'

/**
 * What picks the member, as far as the kernel told all that could: undefined where a member, or the group, was not read. The hash is said only
 * where nothing else can. A program of the namespace comes before the group, whose own comes before SO_INCOMING_CPU (kernel:
 * net/ipv4/udp.c, __udp4_lib_lookup; net/core/sock_reuseport.c, reuseport_select_sock).
 */
export function picksAmong(
  { members, explained: group }: SocketGroup,
  all: readonly WatchedMember[],
  explained?: readonly ExplainedSocket[],
): Picks | undefined {
  const read = members.filter((i) => all[i]!.leftNs === undefined).map((i) => explainedOf(all[i]!, explained))
  if (read.length === 0 || read.includes(undefined)) return undefined
  if (read.some((socket) => socket?.lookedUpByProgram)) return 'lookup-program'
  if (group?.program) return 'program'
  if ((group?.size ?? 1) < 2) return 'nothing'
  return read.some((socket) => socket?.incomingCpu !== undefined) ? 'incoming-cpu' : 'hash'
}
