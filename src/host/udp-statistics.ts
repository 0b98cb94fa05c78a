import { readFileSync } from 'node:fs'
import type { Family } from '../units/addresses.js'
import { TRANSPORTS } from './transport.js'

/** UDP counters of this network namespace, of the address families asked for, since boot or between two readings. */
export interface UdpStatistics {
  /** datagrams that some process received; counted at recv(), not at arrival */
  inDatagrams: number
  /**
   * datagrams dropped because a socket's queue was full: RcvbufErrors, and MemErrors where the kernel has it (5.11),
   * which counts the same drop when it is the memory of all UDP sockets together that is used up
   */
  receiveBufferErrors: number
  /** datagrams to a port that no socket was bound to */
  noPorts: number
}

/** The counters of IPv4 by name: /proc/net/snmp has for each protocol a line of names and one of values. */
function ofIpv4(snmp: string): Map<string, number> {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Udp: '))
    .map((line) => line.trim().split(/\s+/))
  return new Map(names.map((name, i) => [name, Number(values[i])]))
}

/** The counters of IPv6 by the same names: /proc/net/snmp6 has a line for each. */
function ofIpv6(snmp6: string): Map<string, number> {
  return new Map(
    Array.from(snmp6.matchAll(/^Udp6(\w+)\s+(\d+)\s*$/gm), ([, name, value]) => [name!, Number(value)]),
  )
}

const COUNTERS = { ipv4: ofIpv4, ipv6: ofIpv6 } as const

/** Reads the text of /proc/net/snmp, or of /proc/net/snmp6. Undefined without UDP. */
export function parseUdpStatistics(text: string, family: Family): UdpStatistics | undefined {
  const counters = COUNTERS[family](text)
  const inDatagrams = counters.get('InDatagrams')
  const receiveBufferErrors = counters.get('RcvbufErrors')
  const noPorts = counters.get('NoPorts')
  if (inDatagrams === undefined || receiveBufferErrors === undefined || noPorts === undefined)
    return undefined
  return { inDatagrams, receiveBufferErrors: receiveBufferErrors + (counters.get('MemErrors') ?? 0), noPorts }
}

const combine = (
  a: UdpStatistics,
  b: UdpStatistics,
  how: (a: number, b: number) => number,
): UdpStatistics => ({
  inDatagrams: how(a.inDatagrams, b.inDatagrams),
  receiveBufferErrors: how(a.receiveBufferErrors, b.receiveBufferErrors),
  noPorts: how(a.noPorts, b.noPorts),
})

/** What passed between two readings. */
export function udpStatisticsBetween(before: UdpStatistics, after: UdpStatistics): UdpStatistics {
  return combine(before, after, (a, b) => b - a)
}

/** Reads the counters of these families as they stand now, summed; undefined where the host does not show them. */
export function readUdpStatistics(families: readonly Family[]): UdpStatistics | undefined {
  try {
    return families
      .map((family) => parseUdpStatistics(readFileSync(TRANSPORTS[family].statistics, 'latin1'), family))
      .reduce((sum, next) => sum && next && combine(sum, next, (a, b) => a + b))
  } catch {
    return undefined
  }
}
