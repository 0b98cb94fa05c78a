import ipaddr from 'ipaddr.js'
import { usageError } from '../errors.js'
import { formatCount } from './format.js'
import type { FlagBounds } from './parse.js'

export const FAMILIES = ['ipv4', 'ipv6'] as const
export type Family = (typeof FAMILIES)[number]

/** The address of this host that each family has for itself. */
export const LOOPBACK: Readonly<Record<Family, string>> = { ipv4: '127.0.0.1', ipv6: '::1' }

/** The address that each family has for all of this host's; that of IPv6 may take both families. */
export const WILDCARD: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0', ipv6: '::' }

/** As users know them. */
export const FAMILY_NAMES: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' }

type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Four decimal bytes, or IPv6 without a zone; undefined for anything else, also for a leading zero, which some tools
 * read as octal.
 */
function read(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  return ipaddr.IPv6.isValid(text) && !text.includes('%') ? ipaddr.IPv6.parse(text) : undefined
}

function known(text: string): Address {
  const address = read(text)
  if (!address) throw new TypeError(`${text} is not an address`)
  return address
}

/** As inet_ntop(3) and RFC 5952 write it: lower case, the longest run of zeros left out, IPv4 in IPv6 with dots. */
function print(address: Address): string {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return `::ffff:${address.toIPv4Address().toString()}`
  return address.toString()
}

const numberOf = (address: Address): bigint =>
  address.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)

/** The one way in which an address is written, so that equal addresses are equal texts; undefined for what is none. */
export function canonicalAddress(text: string): string | undefined {
  const address = read(text.trim())
  return address && print(address)
}

/** The family of an address. An IPv4 address in IPv6 (`::ffff:127.0.0.1`) is IPv6: its socket is. */
export function familyOf(address: string): Family {
  return known(address).kind()
}

/** One of 127.0.0.0/8, or ::1; also where it is IPv4 in IPv6. */
export function isLoopback(address: string): boolean {
  return ipaddr.process(address).range() === 'loopback'
}

/** Stands for every address of this host: 0.0.0.0 or ::. */
export function isWildcard(address: string): boolean {
  return known(address)
    .toByteArray()
    .every((byte) => byte === 0)
}

/** IPv4 in the form of IPv6, as a dual-stack socket sees it: `::ffff:127.0.0.1`. */
export function isMappedIpv4(address: string): boolean {
  return ipaddr.process(address).kind() !== familyOf(address)
}

export function isMulticast(address: string): boolean {
  return ipaddr.process(address).range() === 'multicast'
}

/** 255.255.255.255, or that of the loopback network, the only one whose prefix is known without asking the kernel. */
export function isBroadcast(address: string): boolean {
  return ['255.255.255.255', '127.255.255.255'].includes(ipaddr.process(address).toString())
}

/** Of 169.254.0.0/16, or of fe80::/10. */
export function isLinkLocal(address: string): boolean {
  return ipaddr.process(address).range() === 'linkLocal'
}

/** 16 bytes in network order: an IPv4 address in the form of IPv6. */
export function mappedBytes(address: string): Uint8Array {
  const parsed = known(address)
  return Uint8Array.from(
    (parsed instanceof ipaddr.IPv4 ? parsed.toIPv4MappedAddress() : parsed).toByteArray(),
  )
}

/** The address that 4 or 16 bytes in network order stand for; IPv4 also where it has the form of IPv6. */
export function addressFrom(bytes: Iterable<number>): string {
  return ipaddr.process(ipaddr.fromByteArray([...bytes]).toString()).toString()
}

/** The network of so many leading bits that an IPv6 address is in, as `fd00::/64`. */
export function networkOf(address: string, bits: number): string {
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`
}

/** An address and a port as URLs have them: `127.0.0.1:80`, `[::1]:80`. */
export function endpoint(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

/**
 * Consecutive addresses, each in its canonical form: `first` and those after it, while they `belong`, up to `most`.
 * Ends at the last address of the family.
 */
export function addressesFrom(
  first: string,
  most: number,
  belong: (address: string) => boolean = () => true,
): string[] {
  const bytes = known(first).toByteArray()
  const addresses: string[] = []
  while (addresses.length < most) {
    const address = print(ipaddr.fromByteArray(bytes))
    if (!belong(address)) break
    addresses.push(address)
    if (!increment(bytes)) break
  }
  return addresses
}

/** Counts up by one, carrying; false where all bytes were at their end. */
function increment(bytes: number[]): boolean {
  for (let i = bytes.length - 1; i >= 0; i--) {
    if (bytes[i]! < 255) {
      bytes[i]!++
      return true
    }
    bytes[i] = 0
  }
  return false
}

/**
 * Reads one address.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseAddress(text: string, flag: string): string {
  const address = canonicalAddress(text)
  if (text.includes('%'))
    throw usageError(
      `${flag} '${text}' is an address of one interface, which is not taken: write another, such as ${LOOPBACK.ipv6}.`,
    )
  if (address === undefined)
    throw usageError(
      `${flag} '${text}' is not an IPv4 or IPv6 address: write one, such as ${LOOPBACK.ipv4} or ${LOOPBACK.ipv6}.`,
    )
  return address
}

/** Where a server is asked. */
export interface Endpoint {
  address: string
  port: number
}

/**
 * `127.0.0.1:53`, `[::1]:53` → address and port.
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseEndpoint(text: string, flag: string): Endpoint {
  const [, bracketed, plain, digits = ''] = /^(?:\[(.*)\]|([^:]*)):(\d{1,5})$/.exec(text.trim()) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || port < 1 || port > 65_535)
    throw usageError(
      `${flag} '${text}' is not an address with a port: write ${endpoint(LOOPBACK.ipv4, 53)} or ${endpoint(LOOPBACK.ipv6, 53)}, a port from 1 to 65535.`,
    )
  const address = parseAddress(host, flag)
  if ((bracketed === undefined) !== (familyOf(address) === 'ipv4'))
    throw usageError(`${flag} '${text}' has brackets where none belong: write ${endpoint(address, port)}.`)
  return { address, port }
}

/** Every loopback address of a /16 is already more sources than one run needs; more is a typing error. */
const MAX_ADDRESSES = 65_536

/**
 * `127.0.0.1-127.0.0.8`, `fd00::1,fd00::9` or both mixed → addresses in that order.
 * @throws RpbenchError (wrong usage) naming the flag and the item
 */
export function parseAddressList(text: string, bounds: FlagBounds): string[] {
  const { flag, min = 1, max = MAX_ADDRESSES } = bounds
  const addresses = new Set<string>()
  for (const item of text.split(',')) {
    const [first, last = first, ...rest] = item.split('-').map((end) => read(end.trim()))
    if (!first || !last || rest.length > 0 || item.endsWith('-'))
      throw usageError(
        `${flag} '${item}' is not an address or a range of them: write addresses such as 127.0.0.1,127.0.0.2, 127.0.0.1-127.0.0.8 or fd00::1-fd00::8.`,
      )
    if (first.kind() !== last.kind())
      throw usageError(`${flag} '${item}' begins in one family and ends in the other: write both ends alike.`)
    const length = numberOf(last) - numberOf(first) + 1n
    if (length < 1n) throw usageError(`${flag} '${item}' runs backwards: write the smaller address first.`)
    if (length > BigInt(max))
      throw usageError(`${flag} '${item}' is too long: ${formatCount(max)} addresses at most.`)
    for (const address of addressesFrom(print(first), Number(length))) {
      if (addresses.has(address))
        throw usageError(`${flag} '${text}' names ${address} twice: write each address once.`)
      addresses.add(address)
    }
  }
  if (addresses.size < min || addresses.size > max)
    throw usageError(
      `${flag} '${text}' names ${formatCount(addresses.size)} addresses: ${formatCount(min)} to ${formatCount(max)} are allowed.`,
    )
  return [...addresses]
}
