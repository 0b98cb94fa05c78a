import type { ExplainedSocket } from '../../src/recording/observation.js'
import type {
  ReadersReading,
  SocketReading,
  WatchedGroup,
  WatchedMember,
} from '../../src/recording/watched-group.js'

/** A member of a healthy group: an empty queue at 20 looks, and one thread that waits for it. */
export function watchedMember(
  index: number,
  { socket, ...given }: Partial<Omit<WatchedMember, 'socket'>> & { socket?: Partial<SocketReading> } = {},
): WatchedMember {
  return {
    socket: {
      family: 'ipv4',
      address: '127.0.0.1',
      uid: 33,
      inode: 1000 + index,
      cookie: 500 + index,
      queued: 0,
      drops: 0,
      ...socket,
    },
    looks: 20,
    queuedLooks: 0,
    queuedMost: 0,
    queuedFirst: 0,
    queueFell: false,
    dropsFirst: 0,
    holders: [{ pid: 700 + index, fd: 5, command: 'server' }],
    readers: readBy(700 + index),
    ...given,
  }
}

/** A single thread of each of these processes waits for it. */
export const readBy = (...pids: number[]): ReadersReading => ({
  threads: pids.map((pid) => ({ pid, threadId: pid, name: 'server', by: 'epoll' })),
  registeredBy: pids,
  othersUnseen: false,
})

/** A member whose queue was full of what nobody takes. */
export const stuck = (index: number, given: Parameters<typeof watchedMember>[1] = {}): WatchedMember =>
  watchedMember(index, {
    queuedLooks: 20,
    queuedMost: 8320,
    queuedFirst: 832,
    readers: { threads: [], registeredBy: [], othersUnseen: false },
    ...given,
    socket: { queued: 8320, ...given.socket },
  })

export function watchedGroup(given: Partial<WatchedGroup> = {}): WatchedGroup {
  return {
    plan: { port: 53, upTo: 'explain', durationNs: 2e9, intervalNs: 1e9 },
    protocol: 'udp',
    startedAt: new Date('2026-11-28T12:00:00Z'),
    durationNs: 2e9,
    members: [0, 1, 2, 3].map((index) => watchedMember(index)),
    intervals: [],
    otherProtocol: 0,
    hiddenProcesses: false,
    level: 'look',
    refusals: [],
    notes: [],
    looks: 20,
    cpuNs: 1e6,
    ...given,
  }
}

/** How the kernel has these members in one group. */
export const explainedGroup = (
  members: readonly WatchedMember[],
  group: Partial<NonNullable<ExplainedSocket['group']>> = {},
): ExplainedSocket[] =>
  members.map(({ socket }, order) => ({
    cookie: socket.cookie!,
    reuseport: true,
    group: { id: 1, size: members.length, order, ...group },
  }))
