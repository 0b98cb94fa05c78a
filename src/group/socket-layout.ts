import type { GroupSocketOptions, GroupSockets } from './sockets.js'

/** How a group's sockets are made and who reads them. Descriptors are this process's. */
export interface SocketLayout {
  /** the UDP sockets on the group's port */
  readonly sockets: GroupSockets
  /** what a member reads; then, where that is no UDP socket, the one through which it answers */
  ofMember(member: number): [socketFd: number, ...replyFd: number[]]
  /** by member, where a front is to put what it takes from the UDP socket; absent where members take for themselves */
  readonly handOnFds?: readonly number[]
  /** Closes every descriptor. */
  close(): void
}

export interface SocketLayoutOptions extends Omit<GroupSocketOptions, 'sockets' | 'reusePort'> {
  members: number
  payloadBytes: number
}
