import { describe, expect, it } from 'vitest'
import { parseKernelOption } from '../../src/host/kernel-config.js'
import { parseUdpStatistics, readUdpStatistics, udpStatisticsBetween } from '../../src/host/udp-statistics.js'

// Linux 6.18
const SNMP = `Tcp: RtoAlgorithm RtoMin RtoMax
Tcp: 1 200 120000
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
Udp: 46003399 7 8704 46485570 8700 0 0 0 4
UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
UdpLite: 1 1 1 1 1 1 1 1 1
`
// Linux 4.19 has no MemErrors
const OLD = `Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti
Udp: 12 0 3 12 3 0 0 0
`

const SNMP6 = `Ip6InReceives                   \t1209
Udp6InDatagrams                 \t552
Udp6NoPorts                     \t7
Udp6InErrors                    \t10
Udp6OutDatagrams                \t552
Udp6RcvbufErrors                \t9
Udp6MemErrors                   \t1
UdpLite6InDatagrams             \t3
`

describe('UDP statistics', () => {
  it('are found by the names of their columns', () => {
    expect(parseUdpStatistics(SNMP, 'ipv4')).toEqual({
      inDatagrams: 46_003_399,
      receiveBufferErrors: 8704,
      noPorts: 7,
    })
    expect(parseUdpStatistics(OLD, 'ipv4')).toEqual({ inDatagrams: 12, receiveBufferErrors: 3, noPorts: 0 })
  })

  it('are unknown where the kernel does not show them', () => {
    expect(parseUdpStatistics('', 'ipv4')).toBeUndefined()
    expect(parseUdpStatistics('Udp: Other\nUdp: 1\n', 'ipv4')).toBeUndefined()
  })

  it('are a difference', () =>
    expect(
      udpStatisticsBetween(
        { inDatagrams: 10, receiveBufferErrors: 1, noPorts: 7 },
        { inDatagrams: 25, receiveBufferErrors: 4, noPorts: 9 },
      ),
    ).toEqual({ inDatagrams: 15, receiveBufferErrors: 3, noPorts: 2 }))

  it('of IPv6 stand a line each, under the same names', () => {
    expect(parseUdpStatistics(SNMP6, 'ipv6')).toEqual({
      inDatagrams: 552,
      receiveBufferErrors: 10,
      noPorts: 7,
    })
    expect(parseUdpStatistics('Ip6InReceives 1\n', 'ipv6')).toBeUndefined()
  })

  it('are read from this host, those of both families as their sum', () => {
    const [v4, v6] = [readUdpStatistics(['ipv4']), readUdpStatistics(['ipv6'])]
    const both = readUdpStatistics(['ipv4', 'ipv6'])
    expect(v4!.inDatagrams).toBeGreaterThanOrEqual(0)
    expect(both!.inDatagrams).toBeGreaterThanOrEqual(v4!.inDatagrams + v6!.inDatagrams)
  })
})

describe("a kernel's configuration", () => {
  const config = '# CONFIG_IRQ_TIME_ACCOUNTING is not set\nCONFIG_HAVE_IRQ_TIME_ACCOUNTING=y\nCONFIG_TUN=m\n'

  it('has an option that is built in or a module, by its whole name', () => {
    expect(parseKernelOption(config, 'IRQ_TIME_ACCOUNTING')).toBe(false)
    expect(parseKernelOption(config, 'HAVE_IRQ_TIME_ACCOUNTING')).toBe(true)
    expect(parseKernelOption(config, 'TUN')).toBe(true)
  })
})
