/** Index of the measured phase in counters that are split by phase. */
export const MEASURED = 1

/** What a member wrote into its block of the shared memory; `[warmUp, measured]` where split by phase. */
export interface MemberCounters {
  state: number
  answered: number
  taken: [number, number]
  echoed: [number, number]
  echoErrors: [number, number]
  strangers: number
  drops: number
  queuedBytes: number
  receiveBufferBytes: number
  emptied: number
  cpuNs: number
  left: [number, number]
  /** when it left the group, whose datagrams its socket gets no more from then on, ns since the run's epoch; 0: it has not */
  goneNs: number
  /** of the thread that serves, as /proc knows it; 0 while it starts */
  threadId: number
  /** wall time between reading requests and echoing them */
  servedNs: number
  /** of members that listen for connections */
  connections?: ConnectionCounters
}

/** What a member over TCP counted of connections. Its `drops` are 0 then, and `strangers` are connections. */
export interface ConnectionCounters {
  /** taken off the accept queue */
  accepted: number
  /** of those, broken off by the peer, as our clients do; what others closed, the member closed too */
  reset: number
  /** of those, open; at its end those that closed with it */
  open: number
  /** in the accept queue, as last seen; at its end those that were left there */
  acceptQueue: number
  /** the most that were seen there */
  acceptQueueMost: number
  /** the most that may be there, as the kernel has it */
  acceptQueueLimit: number
  /** times that the kernel dropped what would have put a connection there, such as a SYN, which is sent again; mostly since it was full */
  overflows: number
}

/** What a front counted; `[warmUp, measured]` where split by phase. */
export interface FrontCounters {
  /** datagrams of this run that it took from the UDP socket */
  taken: [number, number]
  handedOn: [number, number]
  /** others' datagrams, which it hands on to nobody */
  strangers: number
  /** at the UDP socket */
  drops: number
  receiveBufferBytes: number
  /** still queued in the UDP socket when it stopped */
  left: [number, number]
  cpuNs: number
}
