/**
 * Something that picks the member of each datagram in place of the kernel's hash.
 *
 * A life is one run of one member; its number is never used again. A member keeps its index, so that a successor may
 * get the flows of its predecessor. Neither is a position in the kernel's array, which changes when a socket closes.
 *
 * The order in a group's life:
 * - `attach` when all sockets are bound and no datagram has been sent. A classic program that is replaced while
 *   datagrams flow is used after it was freed on some kernels (CVE-2026-52910), so nothing here ever replaces one.
 * - `memberAdded` when a new socket is bound and its member serves.
 * - `memberRemoved` before a member is told to go: its flows go elsewhere first, and none is lost with its queue. A
 *   member that dies untold costs no more than that the hash places its flows until `memberRemoved` says where.
 */
export interface Steering {
  /** @param fds bound sockets of one group; the place of a socket is its life's number and its member's index */
  attach(fds: readonly number[]): void
  memberAdded(lifeNumber: number, member: number, fd: number): void
  memberRemoved(lifeNumber: number): void
  /** Closes what this process holds. The group keeps its program as long as it has a socket. */
  close(): void
}
