import { readdirSync, readFileSync } from 'node:fs'

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

/** The range from which the kernel draws source ports here, both ends included. */
export function ephemeralPortRange(): [number, number] {
  const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)
  return [Number(first), Number(last)]
}

/** The largest SO_RCVBUF that a plain user gets, in bytes; undefined where the namespace hides it. */
export function maxReceiveBufferBytes(): number | undefined {
  try {
    return Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))
  } catch {
    return undefined
  }
}
