import { readFileSync } from 'node:fs'

/** What the kernel counts of connections that do not come about at once, in this network namespace, IPv4 and IPv6; since boot or between two readings. */
export interface ListenStatistics {
  /** ListenOverflows: a full accept queue, at a SYN or at what would have completed a connection */
  overflows: number
  /** ListenDrops: whatever was dropped at a listener, these among them */
  drops: number
  /** TCPSynRetrans: times that a SYN, or the answer to one, was sent again, since nothing had come of it for a second or more */
  synRetransmits: number
}

/** Reads the text of /proc/net/netstat, which has for each protocol a line of names and one of values. */
export function parseListenStatistics(netstat: string): ListenStatistics | undefined {
  const [names = [], values = []] = netstat
    .split('\n')
    .filter((line) => line.startsWith('TcpExt: '))
    .map((line) => line.trim().split(/\s+/))
  const valueOf = (name: string): number => Number(values[names.indexOf(name)])
  const counts = {
    overflows: valueOf('ListenOverflows'),
    drops: valueOf('ListenDrops'),
    synRetransmits: valueOf('TCPSynRetrans'),
  }
  return Object.values(counts).every(Number.isInteger) ? counts : undefined
}

/** What was counted between two readings. */
export const listenStatisticsBetween = (
  before: ListenStatistics,
  after: ListenStatistics,
): ListenStatistics => ({
  overflows: after.overflows - before.overflows,
  drops: after.drops - before.drops,
  synRetransmits: after.synRetransmits - before.synRetransmits,
})

/** Reads the counters as they stand now; undefined where the host does not show them. */
export function readListenStatistics(): ListenStatistics | undefined {
  try {
    return parseListenStatistics(readFileSync('/proc/net/netstat', 'latin1'))
  } catch {
    return undefined
  }
}
