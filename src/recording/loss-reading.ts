/** What was lost of requests until a moment of the measured phase, as the kernel counts it. */
export interface LossReading {
  /** of the moment, ns since the session's epoch */
  atNs: number
  /** dropped at members' sockets since they were opened, read from outside: also of a member that stands still */
  droppedAtMembers: number
  /** datagrams to a port without a socket, any port of this network namespace, since boot; absent where the host hides it */
  noPorts?: number
}
