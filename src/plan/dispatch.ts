interface DispatchRow {
  /** what decides which member gets a datagram: the group's steering, its flow, or whoever comes first */
  readonly by: 'steering' | 'flow' | 'datagram'
  /** whether there is one member at most */
  readonly single: boolean
  /** whether each member has a queue of its own, with drops of its own */
  readonly ownQueues: boolean
  /** whether a process of its own stands before the members */
  readonly front: boolean
}

/** How datagrams come from the port to the processes behind it. */
export const DISPATCH = {
  /** a socket a process; the kernel picks one by the flow's hash, or steering does */
  reuseport: { by: 'steering', single: false, ownQueues: true, front: false },
  /** one socket that all processes read; whoever comes first takes the next datagram */
  shared: { by: 'datagram', single: false, ownQueues: false, front: false },
  /** one process with one socket */
  single: { by: 'flow', single: true, ownQueues: true, front: false },
  /** a process of its own, the front, takes from the one socket and hands on to the others, by flow */
  'fan-out': { by: 'flow', single: false, ownQueues: true, front: true },
} as const satisfies Record<string, DispatchRow>

export type DispatchKind = keyof typeof DISPATCH

export const DISPATCHES = Object.keys(DISPATCH) as [DispatchKind, ...DispatchKind[]]

/** Whether each member reads a UDP socket of its own, so that what waits there is its own. */
export function hasOwnSocket({ dispatch }: { dispatch: DispatchKind }): boolean {
  const { ownQueues, front } = DISPATCH[dispatch]
  return ownQueues && !front
}
