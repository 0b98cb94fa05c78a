import { readFileSync, readlinkSync } from 'node:fs'

/** Of this host since it was booted: another has another; empty where the kernel does not tell. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

/** Of this process's network namespace: another on this host has another; empty where the kernel does not tell. */
export function networkId(): string {
  try {
    return readlinkSync('/proc/self/ns/net')
  } catch {
    return ''
  }
}

/** Whether somebody who says these of himself is on this host, and in this network namespace of it. */
export function placeOf(other: { bootId: string; networkId: string }): {
  sameHost: boolean
  sameNetwork: boolean
} {
  const sameHost = other.bootId !== '' && other.bootId === bootId()
  return { sameHost, sameNetwork: sameHost && other.networkId !== '' && other.networkId === networkId() }
}
