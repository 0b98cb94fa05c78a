import { SocketAddress } from 'node:net'
import { describe, expect, it } from 'vitest'
import { completePlan, type HostFacts, type RunRequest } from '../../src/plan/run-plan.js'
import { boundTo, familiesTaken } from '../../src/plan/transport.js'
import {
  addressesFrom,
  canonicalAddress,
  endpoint,
  familyOf,
  isBroadcast,
  isLoopback,
  isMappedIpv4,
  isMulticast,
  isWildcard,
  mappedBytes,
  networkOf,
  parseAddress,
  parseAddressList,
  type Family,
} from '../../src/units/addresses.js'

const flag = '--flag'

describe('an address', () => {
  it.each([
    // RFC 5952, sections 1, 4 and 5
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::0', '::'],
    ['fe80::', 'fe80::'],
    [' 127.0.0.1 ', '127.0.0.1'],
  ])('%j is written %s', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical))

  it('is written as the C library writes it, whatever its runs of zeros', () => {
    for (let bits = 0; bits < 256; bits++) {
      // ::a.b.c.d, the deprecated IPv4-compatible addresses, are written with dots by libraries, not by RFC 5952.
      if ((bits & 0x3f) === 0x3f) continue
      const text = Array.from({ length: 8 }, (_, i) => (bits & (1 << i) ? '0' : `a${i}`)).join(':')
      expect(canonicalAddress(text)).toBe(new SocketAddress({ address: text, family: 'ipv6' }).address)
    }
  })

  it.each(['', 'localhost', '127.0.0', '127.1', '0x7f.0.0.1', '127.0.0.256', '127.0.0.01', '1.2.3.4/8'])(
    'cannot be %j',
    (text) => expect(canonicalAddress(text)).toBeUndefined(),
  )
  it.each([':', ':::', '1::2::3', '::12345', '::g', '1:2:3:4:5:6:7', 'fe80::1%lo', '::1/128', '[::1]'])(
    'cannot be %j',
    (text) => expect(canonicalAddress(text)).toBeUndefined(),
  )

  it('has a family', () => {
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map(familyOf)).toEqual(['ipv4', 'ipv6', 'ipv6'])
  })

  it('is 16 bytes in network order, IPv4 in the form of IPv6', () => {
    expect([...mappedBytes('192.0.2.33')]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 33])
    expect([...mappedBytes('2001:db8::ff00:42:8329')]).toEqual([
      0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0x42, 0x83, 0x29,
    ])
  })

  it.each([
    ['127.0.0.1', { loopback: true }],
    ['127.255.255.254', { loopback: true }],
    ['127.255.255.255', { loopback: true, broadcast: true }],
    ['128.0.0.1', {}],
    ['255.255.255.255', { broadcast: true }],
    ['224.0.0.1', { multicast: true }],
    ['239.255.255.255', { multicast: true }],
    ['240.0.0.1', {}],
    ['0.0.0.0', { wildcard: true }],
    ['::', { wildcard: true }],
    ['::1', { loopback: true }],
    ['::2', {}],
    ['fd00::1', {}],
    ['ff02::1', { multicast: true }],
    ['::ffff:127.0.0.1', { loopback: true, mapped: true }],
    ['::ffff:192.0.2.1', { mapped: true }],
  ])('%s is %o', (address, is) =>
    expect({
      loopback: isLoopback(address),
      wildcard: isWildcard(address),
      multicast: isMulticast(address),
      broadcast: isBroadcast(address),
      mapped: isMappedIpv4(address),
    }).toEqual({
      loopback: false,
      wildcard: false,
      multicast: false,
      broadcast: false,
      mapped: false,
      ...is,
    }),
  )

  it('of a flag is one, and else a sentence says so', () => {
    expect(parseAddress('::0001', flag)).toBe('::1')
    expect(() => parseAddress('localhost', flag)).toThrow(
      "--flag 'localhost' is not an IPv4 or IPv6 address: write one, such as 127.0.0.1 or ::1.",
    )
    expect(() => parseAddress('127.0.0.1,127.0.0.2', flag)).toThrow('is not an IPv4 or IPv6 address')
    expect(() => parseAddress('fe80::1%eth0', flag)).toThrow("'fe80::1%eth0' is an address of one interface")
  })

  it('is written with a port as URLs have it', () => {
    expect(endpoint('127.0.0.1', 80)).toBe('127.0.0.1:80')
    expect(endpoint('fd00::9', 80)).toBe('[fd00::9]:80')
  })

  it('is in a network', () => {
    expect(networkOf('2001:db8:0:5:6:7:8:9', 64)).toBe('2001:db8:0:5::/64')
    expect(networkOf('2001:db8::ffff', 120)).toBe('2001:db8::ff00/120')
  })
})

describe('consecutive addresses', () => {
  it('carry over bytes, in both families', () => {
    expect(addressesFrom('10.0.255.254', 4)).toEqual(['10.0.255.254', '10.0.255.255', '10.1.0.0', '10.1.0.1'])
    expect(addressesFrom('fd00::ffff:ffff', 2)).toEqual(['fd00::ffff:ffff', 'fd00::1:0:0'])
  })

  it('end with the family, and where they do not belong', () => {
    expect(addressesFrom('255.255.255.254', 5)).toEqual(['255.255.255.254', '255.255.255.255'])
    expect(addressesFrom('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 5)).toHaveLength(1)
    expect(addressesFrom('::1', 5, isLoopback)).toEqual(['::1'])
    expect(addressesFrom('192.0.2.1', 5, isLoopback)).toEqual([])
  })
})

describe('a list of addresses', () => {
  it('is ranges and single addresses, in order', () => {
    expect(parseAddressList('127.0.0.1-127.0.0.3', { flag })).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3'])
    expect(parseAddressList('10.0.0.9, 10.0.0.1-10.0.0.2', { flag })).toEqual([
      '10.0.0.9',
      '10.0.0.1',
      '10.0.0.2',
    ])
    expect(parseAddressList('10.0.0.255-10.0.1.0', { flag })).toEqual(['10.0.0.255', '10.0.1.0'])
    expect(parseAddressList('255.255.255.255', { flag })).toEqual(['255.255.255.255'])
  })

  it.each([
    ['10.0.0.9,10.0.0.1,10.0.0.9', '10.0.0.9'],
    ['10.0.0.1-10.0.0.4,10.0.0.3', '10.0.0.3'],
    ['fd00::1,FD00:0::1', 'fd00::1'],
  ])('%s is refused: it names %s twice', (text, address) =>
    expect(() => parseAddressList(text, { flag })).toThrow(
      `${flag} '${text}' names ${address} twice: write each address once.`,
    ),
  )

  it('is of IPv6 as well', () => {
    expect(parseAddressList('fd00::fffe - fd00::1:0, ::1, FD00:0::FFFD', { flag })).toEqual([
      'fd00::fffe',
      'fd00::ffff',
      'fd00::1:0',
      '::1',
      'fd00::fffd',
    ])
  })

  it.each([
    '',
    'localhost',
    '127.0.0',
    '127.0.0.256',
    '127.0.0.01',
    '::1%lo',
    '1.1.1.1-',
    '-1.1.1.1',
    '1.1.1.1-1.1.1.2-1.1.1.3',
    '::1-',
    '::1,,::2',
  ])('cannot be %j', (text) =>
    expect(() => parseAddressList(text, { flag })).toThrow(/is not an address or a range of them/),
  )

  it('is bounded before it is built', () => {
    expect(() => parseAddressList('0.0.0.0-255.255.255.255', { flag })).toThrow('65,536 addresses at most')
    expect(() => parseAddressList('fd00::-fd00::1:0:0:0', { flag })).toThrow('65,536 addresses at most')
    expect(() => parseAddressList('10.0.0.1-10.0.0.9', { flag, max: 8 })).toThrow('8 addresses at most')
    expect(() => parseAddressList('10.0.0.2-10.0.0.1', { flag })).toThrow('runs backwards')
    expect(() => parseAddressList('fd00::2-fd00::1', { flag })).toThrow('runs backwards')
    expect(() => parseAddressList('10.0.0.1-::1', { flag })).toThrow('begins in one family')
    expect(() => parseAddressList('10.0.0.1', { flag, min: 2 })).toThrow('names 1 addresses: 2 to 65,536')
  })

  it('may hold as many as can be told apart', () => {
    const all = parseAddressList('fd00::-fd00::ffff', { flag })
    expect(all).toHaveLength(65_536)
    expect(new Set(all).size).toBe(65_536)
    expect(all.at(-1)).toBe('fd00::ffff')
  })
})

describe('the addresses of a plan', () => {
  const facts: HostFacts = {
    cpus: 4,
    ephemeralPorts: [32_768, 60_999],
    openFiles: { limit: 4096, used: 40 },
  }
  const plan = (request: RunRequest) => completePlan(request, facts)

  it.each<[RunRequest, Family, { address: string; ipv6Only?: boolean }, Family[]]>([
    [{}, 'ipv4', { address: '127.0.0.1' }, ['ipv4']],
    [{ host: 'fd00::1', sourceAddresses: ['fd00::2'] }, 'ipv6', { address: 'fd00::1' }, ['ipv6']],
    [{ listen: 'any' }, 'ipv4', { address: '0.0.0.0' }, ['ipv4']],
    [{ host: '::1', listen: 'any' }, 'ipv6', { address: '::', ipv6Only: true }, ['ipv6']],
    [{ host: '::1', listen: 'dual-stack' }, 'ipv6', { address: '::' }, ['ipv4', 'ipv6']],
    [{ host: '127.0.0.9', listen: 'dual-stack' }, 'ipv6', { address: '::' }, ['ipv4', 'ipv6']],
  ])('of %o decide the family of its sockets, what they bind and what they take', (request, ...is) => {
    const made = plan(request)
    expect([made.family, boundTo(made), familiesTaken(made)]).toEqual(is)
  })

  it.each<[RunRequest, string]>([
    [{ host: 'fe80::1' }, '--host fe80::1 is an address of one link'],
    [{ host: '::1', sourceAddresses: ['fe80::1'] }, '--source-addresses fe80::1 is an address of one link'],
    [{ host: '224.0.0.1' }, '--host 224.0.0.1 is not an address of one host'],
    [{ host: 'ff02::1' }, '--host ff02::1 is not an address of one host: flows are unicast, such as at ::1.'],
    [{ host: '127.255.255.255' }, 'is not an address of one host'],
    [{ host: '::ffff:127.0.0.1' }, 'write 127.0.0.1; --listen dual-stack is for a group that takes both.'],
    [{ sourceAddresses: ['127.0.0.1', '0.0.0.0'] }, '--source-addresses 0.0.0.0 stands for every address'],
    [
      { sourceAddresses: ['::1'] },
      '--source-addresses ::1 cannot reach --host 127.0.0.1: give IPv4 addresses.',
    ],
    [{ host: '::1', sourceAddresses: ['127.0.0.1'] }, 'cannot reach --host ::1: give IPv6 addresses.'],
    [{ listen: 'dual-stack', sourceAddresses: ['::1'] }, 'cannot reach --host 127.0.0.1'],
    [
      { host: '0.0.0.0' },
      '--host 0.0.0.0 stands for every address, and cannot be asked: for a group that listens on all of them, give --listen any beside an address to ask, such as 127.0.0.1.',
    ],
    [
      { host: '::' },
      '--host :: stands for every address, and cannot be asked: for a group that listens on all of them, give --listen any, or dual-stack, beside an address to ask, such as ::1.',
    ],
  ])('cannot be those of %o', (request, message) => expect(() => plan(request)).toThrow(message))
})
