import { describe, expect, it } from 'vitest'
import { parseKernelOption } from '../../src/host/kernel-config.js'
import { parseUdpStatistics, readUdpStatistics, udpStatisticsBetween } from '../../src/host/udp-statistics.js'

// Linux 6.18
const SNMP = `Tcp: RtoAlgorithm RtoMin RtoMax
Tcp: 1 200 120000
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
Udp: 46003399 0 8704 46485570 8700 0 0 0 4
UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
UdpLite: 1 1 1 1 1 1 1 1 1
`
// Linux 4.19 has no MemErrors
const OLD = `Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti
Udp: 12 0 3 12 3 0 0 0
`

describe('UDP statistics', () => {
  it('are found by the names of their columns', () => {
    expect(parseUdpStatistics(SNMP)).toEqual({ inDatagrams: 46_003_399, receiveBufferErrors: 8704 })
    expect(parseUdpStatistics(OLD)).toEqual({ inDatagrams: 12, receiveBufferErrors: 3 })
  })

  it('are unknown where the kernel does not show them', () => {
    expect(parseUdpStatistics('')).toBeUndefined()
    expect(parseUdpStatistics('Udp: Other\nUdp: 1\n')).toBeUndefined()
  })

  it('are a difference', () =>
    expect(
      udpStatisticsBetween(
        { inDatagrams: 10, receiveBufferErrors: 1 },
        { inDatagrams: 25, receiveBufferErrors: 4 },
      ),
    ).toEqual({ inDatagrams: 15, receiveBufferErrors: 3 }))

  it('are read from this host', () => expect(readUdpStatistics()?.inDatagrams).toBeGreaterThanOrEqual(0))
})

describe("a kernel's configuration", () => {
  const config = '# CONFIG_IRQ_TIME_ACCOUNTING is not set\nCONFIG_HAVE_IRQ_TIME_ACCOUNTING=y\nCONFIG_TUN=m\n'

  it('has an option that is built in or a module, by its whole name', () => {
    expect(parseKernelOption(config, 'IRQ_TIME_ACCOUNTING')).toBe(false)
    expect(parseKernelOption(config, 'HAVE_IRQ_TIME_ACCOUNTING')).toBe(true)
    expect(parseKernelOption(config, 'TUN')).toBe(true)
  })
})
