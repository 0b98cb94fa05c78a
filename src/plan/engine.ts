import { familyOf } from '../units/addresses.js'

/**
 * What moves the datagrams of a client. With the first two each flow has a socket. With `pktinfo` flows share a few, which send
 * from any source address by IP_PKTINFO, over io_uring or over sendmmsg() and recvmmsg(); over IPv6 in a network namespace of our own. With `tun` they share a TUN device of
 * a network namespace of our own, over io_uring or over read() and write().
 */
export const ENGINES = ['epoll', 'io_uring', 'pktinfo', 'pktinfo-mmsg', 'tun', 'tun-rw'] as const

/** What can be asked for: one of them, or the one that suits the flows and the host. */
export const ENGINE_CHOICES = ['auto', ...ENGINES] as const

export type EngineKind = (typeof ENGINES)[number]

/** What does the same where io_uring cannot be had. */
const WITHOUT_RING = { io_uring: 'epoll', pktinfo: 'pktinfo-mmsg', tun: 'tun-rw' } as const

export type RingEngine = keyof typeof WITHOUT_RING

export const withoutRing = (engine: RingEngine): EngineKind => WITHOUT_RING[engine]

/** Whether it is over io_uring. */
export const usesRing = (engine: EngineKind): engine is RingEngine => engine in WITHOUT_RING

/** Whether flows share a TUN device. */
export const usesDevice = (engine: string): boolean => engine === 'tun' || engine === 'tun-rw'

/** Whether flows have no socket each, and their sources are computed. */
export const sharesSockets = (engine: string): boolean => engine.startsWith('pktinfo') || usesDevice(engine)

/** Whether client and group are in a network namespace made for the run, with the group at this address. */
export const needsOwnNetwork = (engine: EngineKind, host: string): boolean =>
  usesDevice(engine) || (sharesSockets(engine) && familyOf(host) === 'ipv6')
