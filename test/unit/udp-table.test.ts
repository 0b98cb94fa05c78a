import { describe, expect, it } from 'vitest'
import {
  dropsOf,
  familiesBeside,
  overlaps,
  parseUdpLine,
  socketsOnPort,
  takesFrom,
} from '../../src/host/udp-table.js'
import { familyOf, type Family } from '../../src/units/addresses.js'

// As Linux 6.18 prints them (net/ipv4/udp.c udp4_format_sock, net/ipv6/udp.c udp6_seq_show).
const HEADING =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops             '
const LINES = [
  ' 1059: 0100007F:A3B1 00000000:0000 07 00000000:00000340 00:00000000 00000000  1000        0 35861 2 00000000a1b2c3d4 12        ',
  ' 1060: 0100007F:A3B1 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 35862 2 00000000a1b2c3d5 0         ',
  // A client of that port: it stands in the remote address.
  ' 2000: 0200007F:C001 0100007F:A3B1 01 00000000:00000000 00:00000000 00000000     0        0 35999 2 00000000a1b2c3d6 0         ',
  ' 2001: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 20000 2 00000000a1b2c3d7 0         ',
  '99999: 0A01A8C0:FFFF 00000000:0000 07 00000000:00000000 00:00000000 00000000 65534        0 4294967295 2 0000000000000000 4294967295',
]
const TABLE = [HEADING, ...LINES, ''].join('\n')

const HEADING6 =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops'
const LINES6 = [
  ' 1059: 00000000000000000000000000000000:A3B1 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 40001 2 0000000000000000 3',
  ' 1060: 00000000000000000000000001000000:14E9 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 40002 2 0000000000000000 0',
  ' 1061: B80D0120000000000000000001000000:14E9 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 40003 2 0000000000000000 0',
  // An IPv6 socket that is bound to ::ffff:127.0.0.1 takes IPv4.
  ' 1062: 0000000000000000FFFF00000100007F:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 40004 2 0000000000000000 0',
]

describe('a line of /proc/net/udp', () => {
  it('gives address, port, owner, inode, queue and drops', () =>
    expect(parseUdpLine(LINES[0]!)).toEqual({
      family: 'ipv4',
      address: '127.0.0.1',
      port: 0xa3b1,
      uid: 1000,
      inode: 35_861,
      queuedBytes: 0x340,
      drops: 12,
    }))

  it('is read in full width', () =>
    expect(parseUdpLine(LINES[4]!)).toEqual({
      family: 'ipv4',
      address: '192.168.1.10',
      port: 65_535,
      uid: 65_534,
      inode: 4_294_967_295,
      queuedBytes: 0,
      drops: 4_294_967_295,
    }))

  it('is none if it is the heading, or nothing', () => {
    expect(parseUdpLine(HEADING)).toBeUndefined()
    expect(parseUdpLine(HEADING6)).toBeUndefined()
    expect(parseUdpLine('')).toBeUndefined()
  })
})

describe('a line of /proc/net/udp6', () => {
  it.each([
    [0, '::', 0xa3b1, 3],
    [1, '::1', 5353, 0],
    [2, '2001:db8::1', 5353, 0],
    [3, '127.0.0.1', 53, 0],
  ])('%d has its address in canonical form', (line, address, port, drops) =>
    expect(parseUdpLine(LINES6[line]!)).toMatchObject({ family: 'ipv6', address, port, drops }),
  )
})

describe('a socket takes datagrams to an address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['0.0.0.0', '127.0.0.2', true],
    ['127.0.0.2', '0.0.0.0', true],
    ['::1', '::1', true],
    ['::1', '::', true],
    ['::', '::1', true],
    ['::', '127.0.0.1', true],
    ['127.0.0.1', '::', true],
    ['0.0.0.0', '::', true],
    ['0.0.0.0', '::1', false],
    ['::1', '0.0.0.0', false],
    ['::1', '127.0.0.1', false],
  ])('that is bound to %s, to %s: %s', (bound, address, taken) =>
    expect(overlaps({ address: bound }, { address })).toBe(taken),
  )
})

/** Whether one of IPv6 does, by the interface that it is bound to. */
const sharesBoundTo = (address: string, device: number | undefined, group: string) =>
  takesFrom({ address, family: 'ipv6', ...(device !== undefined && { device }) }, { address: group })

describe('a socket gets a part of what is sent to a group', () => {
  it.each([
    ['ipv4', '127.0.0.1', '127.0.0.1', true],
    ['ipv4', '127.0.0.1', '127.0.0.2', false],
    ['ipv4', '127.0.0.1', '0.0.0.0', false],
    // IPv6 in the form of IPv4, and a dual stack.
    ['ipv4', '127.0.0.1', '127.0.0.1/ipv6', false],
    ['ipv4', '127.0.0.1', '::', false],
    ['ipv6', '::1', '::1', true],
    ['ipv6', '::1', '::', false],
    ['ipv4', '0.0.0.0', '127.0.0.1', true],
    ['ipv4', '0.0.0.0', '0.0.0.0', true],
    ['ipv6', '::', '::', true],
    ['ipv6', '::', '0.0.0.0', true],
    ['ipv6', '::', '::1', true],
  ])('of %s on %s, where it is bound to %s: %s', (_family, group, bound, gets) => {
    const [address, family = familyOf(address!)] = bound.split('/')
    expect(takesFrom({ address: address!, family: family as Family }, { address: group })).toBe(gets)
  })

  it('of IPv6 on the same address only where it is bound to lo too, since ours came first', () => {
    expect([
      sharesBoundTo('::1', 0, '::1'),
      sharesBoundTo('::1', 1, '::1'),
      sharesBoundTo('::1', undefined, '::1'),
    ]).toEqual([false, true, true])
    expect([
      sharesBoundTo('::', 0, '::'),
      sharesBoundTo('::', 1, '::'),
      sharesBoundTo('::1', 0, '::'),
    ]).toEqual([false, true, true])
  })

  it('of IPv6 only, on every address, where it can take IPv6', () => {
    const group = { address: '::', ipv6Only: true }
    const gets = (['::', '::1', '0.0.0.0', '127.0.0.1'] as const).map((address) => {
      const socket = { address, family: familyOf(address) }
      return [takesFrom(socket, group), overlaps(socket, group)]
    })
    // Beside one on :: that is for both, only IPv6 is shared.
    expect(gets).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
    ])
  })

  it('only if it is of a family that can', () => {
    expect(familiesBeside({ address: '127.0.0.1' })).toEqual(['ipv4'])
    expect(familiesBeside({ address: '::1' })).toEqual(['ipv6'])
    expect(familiesBeside({ address: '::' })).toEqual(['ipv4', 'ipv6'])
  })
})

describe('the sockets on a port', () => {
  it('are those bound to it, not its clients', () =>
    expect(socketsOnPort(TABLE, 0xa3b1).map((s) => s.inode)).toEqual([35_861, 35_862]))

  it('are found for a port with leading zeros in the table, and at the end of the text', () => {
    expect(socketsOnPort(TABLE, 53).map((s) => s.uid)).toEqual([101])
    expect(socketsOnPort(TABLE.trimEnd(), 65_535).map((s) => s.address)).toEqual(['192.168.1.10'])
  })

  it('are none where there are none, also in an empty table', () => {
    expect(socketsOnPort(TABLE, 1)).toEqual([])
    expect(socketsOnPort(`${HEADING}\n`, 53)).toEqual([])
    expect(socketsOnPort('', 53)).toEqual([])
  })

  it('are found in the table of IPv6 as well', () =>
    expect(socketsOnPort([HEADING6, ...LINES6].join('\n'), 5353).map((s) => s.inode)).toEqual([
      40_002, 40_003,
    ]))
})

describe('the drops of sockets', () => {
  const sockets = socketsOnPort(TABLE, 0xa3b1)

  it('are those of the sockets asked for', () => {
    expect(dropsOf(sockets, [35_861, 35_862])).toBe(12)
    expect(dropsOf(sockets, [35_862])).toBe(0)
  })

  it('are unknown when one has left the table', () => expect(dropsOf(sockets, [35_861, 1])).toBeUndefined())
})
