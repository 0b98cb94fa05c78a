/** What waits for the sockets of a client and moves its datagrams. */
export const ENGINES = ['epoll', 'io_uring'] as const

export type EngineKind = (typeof ENGINES)[number]
