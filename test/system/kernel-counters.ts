import { readFileSync } from 'node:fs'

/** The counters of UDP in this network namespace, by the names they have in /proc/net/snmp. */
export function udpCounters(): Record<string, number> {
  const lines = readFileSync('/proc/net/snmp', 'utf8').split('\n')
  const [names, values] = lines.filter((line) => line.startsWith('Udp: ')).map((line) => line.split(' '))
  return Object.fromEntries(names!.slice(1).map((name, i) => [name, Number(values![i + 1])]))
}

/**
 * The lines of /proc/net/udp, in columns, by the inode of their socket. The kernel hands the table out a page at a time and
 * finds its place again by counting, so that a socket is left out, or listed twice, where others come and go meanwhile: in
 * 2 of 100 readings each beside a process that does nothing else. So several are put together.
 */
function socketLines(): Map<string, string[]> {
  const lines = new Map<string, string[]>()
  for (let reading = 0; reading < 5; reading++)
    for (const line of readFileSync('/proc/net/udp', 'utf8').split('\n').slice(1, -1)) {
      const columns = line.trim().split(/\s+/)
      lines.set(columns[9]!, columns)
    }
  return lines
}

/** What /proc/net/udp says of a socket: datagrams dropped at it, and bytes in its queue. */
export function udpSocket(inode: number): { drops: number; queuedBytes: number } | undefined {
  const columns = socketLines().get(String(inode))
  return (
    columns && {
      drops: Number(columns[12]),
      queuedBytes: Number.parseInt(columns[4]!.split(':')[1]!, 16),
    }
  )
}

/** Whether a UDP socket on an IPv4 port is connected to somebody. */
export function isConnectedOn(port: number): boolean {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return [...socketLines().values()].some(
    ([, local, remote]) => local!.endsWith(end) && !remote!.endsWith(':0000'),
  )
}

/** How many UDP sockets are bound to an IPv4 port. */
export function udpSocketsOn(port: number): number {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return [...socketLines().values()].filter((columns) => columns[1]!.endsWith(end)).length
}

/** Datagrams dropped at the UDP sockets that are bound to an IPv4 port. */
export function udpDropsOn(port: number): number {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return [...socketLines().values()]
    .filter((columns) => columns[1]!.endsWith(end))
    .reduce((sum, columns) => sum + Number(columns[12]), 0)
}

/** The listeners on an IPv4 port, as /proc/net/tcp has them: how many connections wait in the accept queue of each. */
export function listenersOn(port: number): { inode: number; acceptQueue: number }[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && columns[1]!.endsWith(end))
    .map((columns) => ({
      inode: Number(columns[9]),
      acceptQueue: Number.parseInt(columns[4]!.split(':')[1]!, 16),
    }))
}
