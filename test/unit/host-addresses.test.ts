import { describe, expect, it } from 'vitest'
import { isLocalAddress, localPrefixes } from '../../src/host/addresses.js'

// Linux 6.18, net/ipv6/route.c rt6_info_route: prefix, length, source, length, next hop, metric, ref, use, flags, device
const ROUTES = `fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000004 00000000 80200001       lo
20010db8000000010000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 80000001       lo
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`

describe('the prefixes that are local', () => {
  const local = localPrefixes(ROUTES)

  it.each([
    ['::1', true],
    ['2001:db8:0:1::', true],
    ['2001:db8:0:1:ffff::9', true],
    ['2001:db8:0:2::9', false],
    // Reached over an interface, or by the default route.
    ['fd00::5', false],
    ['2600::1', false],
  ])('have %s: %s', (address, has) => expect(local.check(address, 'ipv6')).toBe(has))

  it('are fewer of lo: an address of an interface has its route there', () => {
    const table = `${ROUTES}fd000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001     eth0\n`
    expect(localPrefixes(table).check('fd00::1', 'ipv6')).toBe(true)
    expect(localPrefixes(table, 'lo').check('fd00::1', 'ipv6')).toBe(false)
    expect(localPrefixes(table, 'lo').check('::1', 'ipv6')).toBe(true)
  })

  it('are none in an empty table', () => expect(localPrefixes('').check('::1', 'ipv6')).toBe(false))
})

describe('an address of this host', () => {
  it.each(['127.0.0.1', '127.9.8.7', '0.0.0.0', '::1', '::'])('is %s', (address) =>
    expect(isLocalAddress(address)).toBe(true),
  )

  it.each(['203.0.113.7', '2001:db8::7', '255.255.255.255', '127.255.255.255'])('is not %s', (address) =>
    expect(isLocalAddress(address)).toBe(false),
  )
})
