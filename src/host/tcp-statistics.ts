import { readFileSync } from 'node:fs'

/** TCP counters of this network namespace, over IPv4 and IPv6 together. */
export interface TcpStatistics {
  /** connections that sockets here began to open: the first SYN was sent */
  activeOpens: number
  /** connections that listeners here were asked for, and that came about */
  passiveOpens: number
  /** times that an established connection ended by a reset, at either end of it */
  estabResets: number
}

/** Reads the text of /proc/net/snmp, which has for each protocol a line of names and one of values. Undefined without TCP. */
export function parseTcpStatistics(snmp: string): TcpStatistics | undefined {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Tcp: '))
    .map((line) => line.trim().split(/\s+/))
  const counters = new Map(names.map((name, i) => [name, Number(values[i])]))
  const activeOpens = counters.get('ActiveOpens')
  const passiveOpens = counters.get('PassiveOpens')
  const estabResets = counters.get('EstabResets')
  if (activeOpens === undefined || passiveOpens === undefined || estabResets === undefined) return undefined
  return { activeOpens, passiveOpens, estabResets }
}

/** What passed between two readings. */
export const tcpStatisticsBetween = (before: TcpStatistics, after: TcpStatistics): TcpStatistics => ({
  activeOpens: after.activeOpens - before.activeOpens,
  passiveOpens: after.passiveOpens - before.passiveOpens,
  estabResets: after.estabResets - before.estabResets,
})

/** The counters as they stand now; undefined where the host does not show them. */
export function readTcpStatistics(): TcpStatistics | undefined {
  try {
    return parseTcpStatistics(readFileSync('/proc/net/snmp', 'latin1'))
  } catch {
    return undefined
  }
}
