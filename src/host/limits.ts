import { readdirSync, readFileSync } from 'node:fs'

/** The soft limit of open files of this process; Node raises it to the hard limit when it starts. */
export function openFileLimit(): number {
  const match = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  const limit = Number(match?.[1])
  return Number.isFinite(limit) ? limit : Number.MAX_SAFE_INTEGER // "unlimited"
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
