import { readFileSync } from 'node:fs'

/** The counters of UDP in this network namespace, by the names they have in /proc/net/snmp. */
export function udpCounters(): Record<string, number> {
  const lines = readFileSync('/proc/net/snmp', 'utf8').split('\n')
  const [names, values] = lines.filter((line) => line.startsWith('Udp: ')).map((line) => line.split(' '))
  return Object.fromEntries(names!.slice(1).map((name, i) => [name, Number(values![i + 1])]))
}

/** What /proc/net/udp says of a socket: datagrams dropped at it, and bytes in its queue. */
export function udpSocket(inode: number): { drops: number; queuedBytes: number } | undefined {
  for (const line of readFileSync('/proc/net/udp', 'utf8').split('\n')) {
    const columns = line.trim().split(/\s+/)
    if (columns[9] === String(inode))
      return { drops: Number(columns[12]), queuedBytes: Number.parseInt(columns[4]!.split(':')[1]!, 16) }
  }
  return undefined
}

/** How many UDP sockets are bound to an IPv4 port. */
export function udpSocketsOn(port: number): number {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .filter((line) => line.trim().split(/\s+/)[1]?.endsWith(end)).length
}
