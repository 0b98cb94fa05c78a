/** Connections that the server broke off, and those that it closed. */
export interface EndedConnections {
  resetByServer: number
  closedByServer: number
}

/** What was lost of requests until a moment of the measured phase, as the kernel counts it. */
export interface LossReading {
  /** of the moment, ns since the session's epoch */
  atNs: number
  /** dropped at members' sockets since they were opened, read from outside: also of a member that stands still */
  droppedAtMembers: number
  /** over TCP: of the clients' connections so far; absent over UDP */
  ended?: EndedConnections
  /** datagrams to a port without a socket, any port of this network namespace, since boot; absent where the host hides it */
  noPorts?: number
}
