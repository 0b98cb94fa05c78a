import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { RpbenchError } from '../errors.js'

/**
 * Refuses a host where nothing can be known of processes and sockets.
 * @throws RpbenchError RPB_HOST
 */
export function requireProc(): void {
  if (!existsSync('/proc/self/limits'))
    throw new RpbenchError(
      'RPB_HOST',
      'There is no /proc here, where the kernel says what it limits and counts: mount it (mount -t proc proc /proc).',
    )
}

/** A soft limit of this process, by its name in /proc/self/limits; undefined where it is unlimited. */
export function resourceLimit(name: string): number | undefined {
  const text = readFileSync('/proc/self/limits', 'utf8')
  const value = text
    .split('\n')
    .find((line) => line.startsWith(name))
    ?.slice(name.length)
    .trim()
    .split(/\s+/)[0]
  const limit = Number(value)
  return Number.isFinite(limit) ? limit : undefined
}

/** The soft limit of open files of this process; Node raises it to the hard limit when it starts. */
export function openFileLimit(): number {
  return resourceLimit('Max open files') ?? Number.MAX_SAFE_INTEGER // "unlimited"
}

/** How many files this process has open now. */
export function openFileCount(): number {
  return readdirSync('/proc/self/fd').length
}

/** The text of a setting of the kernel's network; undefined where this namespace or sandbox hides it. */
function networkSetting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/net/${name}`, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** What a kernel has where nobody changed it (net/ipv4/af_inet.c, inet_init_net). */
const USUAL_PORT_RANGE = '32768 60999'
const USUAL_UNPRIVILEGED_PORT = '1024'

/** The range from which the kernel draws source ports here, both ends included; the usual one where that is hidden. */
export function ephemeralPortRange(): [number, number] {
  const [first, last] = (networkSetting('ipv4/ip_local_port_range') ?? USUAL_PORT_RANGE).split(/\s+/)
  return [Number(first), Number(last)]
}

/** The first port that does not take CAP_NET_BIND_SERVICE; the usual one where that is hidden. IPv6 goes by it too. */
export function firstUnprivilegedPort(): number {
  return Number(networkSetting('ipv4/ip_unprivileged_port_start') ?? USUAL_UNPRIVILEGED_PORT)
}

/** How many connections may wait at a listener at most; undefined where the namespace hides it. */
export function mostBacklog(): number | undefined {
  const text = networkSetting('core/somaxconn')
  return text === undefined ? undefined : Number(text)
}

/** Whether what waits at a listener that closes goes to another of its group (Linux 5.14); undefined where that is hidden. */
export function migratesConnections(): boolean | undefined {
  const text = networkSetting('ipv4/tcp_migrate_req')
  return text === undefined ? undefined : text === '1'
}

/** The largest SO_RCVBUF that a plain user gets, in bytes; undefined where the namespace hides it. */
export function maxReceiveBufferBytes(): number | undefined {
  const text = networkSetting('core/rmem_max')
  return text === undefined ? undefined : Number(text)
}

/** The receive buffer that a socket gets where nothing is asked for, in bytes; undefined where the namespace hides it. */
export function usualReceiveBufferBytes(): number | undefined {
  const text = networkSetting('core/rmem_default')
  return text === undefined ? undefined : Number(text)
}
