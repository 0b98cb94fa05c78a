/**
 * What waits for the sockets of a client and moves its datagrams. With the first two each flow has a socket; with the others
 * flows share a few, which send from any source address by IP_PKTINFO, over io_uring or over sendmmsg() and recvmmsg().
 */
export const ENGINES = ['epoll', 'io_uring', 'pktinfo', 'pktinfo-mmsg'] as const

/** What can be asked for: one of them, or the one that suits the flows and the host. */
export const ENGINE_CHOICES = ['auto', ...ENGINES] as const

export type EngineKind = (typeof ENGINES)[number]

/** Whether flows have no socket each. */
export const sharesSockets = (engine: EngineKind): boolean => engine.startsWith('pktinfo')
