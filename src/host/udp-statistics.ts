import { readFileSync } from 'node:fs'

/** UDP counters of this network namespace (IPv4), since boot or between two readings. */
export interface UdpStatistics {
  /** datagrams that some process received; counted at recv(), not at arrival */
  inDatagrams: number
  /**
   * datagrams dropped because a socket's queue was full: RcvbufErrors, and MemErrors where the kernel has it (5.11),
   * which counts the same drop when it is the memory of all UDP sockets together that is used up
   */
  receiveBufferErrors: number
}

/** Reads the text of /proc/net/snmp: for each protocol a line of names and one of values. Undefined without UDP. */
export function parseUdpStatistics(snmp: string): UdpStatistics | undefined {
  const [names, values] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.trim().split(/\s+/))
  const value = (name: string): number | undefined => {
    const text = values?.[names?.indexOf(name) ?? -1]
    return text === undefined ? undefined : Number(text)
  }
  const inDatagrams = value('InDatagrams')
  const receiveBufferErrors = value('RcvbufErrors')
  if (inDatagrams === undefined || receiveBufferErrors === undefined) return undefined
  return { inDatagrams, receiveBufferErrors: receiveBufferErrors + (value('MemErrors') ?? 0) }
}

/** What passed between two readings. */
export function udpStatisticsBetween(before: UdpStatistics, after: UdpStatistics): UdpStatistics {
  return {
    inDatagrams: after.inDatagrams - before.inDatagrams,
    receiveBufferErrors: after.receiveBufferErrors - before.receiveBufferErrors,
  }
}

/** Reads the counters as they stand now; undefined where the host does not show them. */
export function readUdpStatistics(): UdpStatistics | undefined {
  try {
    return parseUdpStatistics(readFileSync('/proc/net/snmp', 'latin1'))
  } catch {
    return undefined
  }
}
