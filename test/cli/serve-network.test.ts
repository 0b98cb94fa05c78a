import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runOn, startServe, WITH_TOKEN, type Served } from './served.js'
import { runTool, Tool } from './tool.js'
import {
  CLIENT_ADDRESS,
  mayHaveTwoNetworks,
  SERVER_ADDRESS,
  SERVER_ADDRESS_6,
  TwoNetworks,
} from './two-networks.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
let networks: TwoNetworks

const startThere = (flags: readonly string[] = []): Promise<Served> =>
  startServe(directory, ['--listen', 'any', ...flags], { under: networks.server.under })

async function measured(
  served: Served,
  flags: readonly string[],
  address = SERVER_ADDRESS,
): Promise<RunResult> {
  const { stdout } = await runTool(
    runOn(served, ['--allow-remote', '--warmup', '0s', '--json', ...flags], address),
    { ...WITH_TOKEN, under: networks.client.under },
  )
  return runResult.parse(JSON.parse(stdout))
}

describe('between two hosts (root)', { skip: !(await mayHaveTwoNetworks()) }, () => {
  beforeEach(async () => {
    networks = await TwoNetworks.make()
  })
  afterEach(async () => {
    await Tool.endAll()
    networks.end()
  })

  it('books find the packets that were lost on either way, as many as the kernel dropped there', async () => {
    const served = await startThere()
    const { client, server } = networks
    server.lose('serve1', `udp dport ${served.port}`, 5)
    client.lose('serve0', `udp sport ${served.port}`, 7)
    const { books, members, affinity, ...result } = await measured(served, [
      '--requests',
      '40',
      '--in-flight',
      '32',
      '--timeout',
      '100ms',
    ])
    expect(books.sent).toBe(4000)
    expect(books.lostOnWayThere).toBeGreaterThan(0)
    expect(books).toMatchObject({
      lostOnWayThere: server.lost,
      lostOnWayBack: client.lost,
      lost: server.lost + client.lost,
      droppedAtMembers: 0,
      unexplained: 0,
    })
    // Nobody else speaks UDP there: the kernel's counts are exactly ours.
    expect(server.udp).toEqual({ in: books.taken, out: books.echoed })
    expect(client.udp).toEqual({ in: books.replied + books.late, out: books.sent })
    expect(result.crossCheck?.server).toMatchObject({
      snmpInDatagrams: books.taken,
      ourInDatagrams: books.taken,
    })
    expect(members.reduce((sum, { taken = 0 }) => sum + taken, 0)).toBe(books.taken)
    expect(affinity.violations).toEqual([])
    expect(result.server).toMatchObject({ sameHost: true, sameNetwork: false })
    expect(result.validity.findings.map(({ code }) => code)).toContain('lost-on-the-way')
    expect(result.legs).toBeUndefined()
    served.tool.signal('SIGTERM')
    const { stdout, status } = await served.tool.ended
    expect(status).toBe(0)
    expect(stdout).toContain(`runs      ${CLIENT_ADDRESS}`)
  })

  it('says of a network that translates addresses that it does', async ({ skip }) => {
    const served = await startThere()
    try {
      networks.client.translate('serve0')
    } catch {
      skip('this kernel has no address translation')
    }
    const { books, validity } = await measured(served, ['--requests', '1', '--timeout', '100ms'])
    const { sent, taken, lostOnWayThere, strangersAtMembers, unexplained } = books
    expect({ taken, lostOnWayThere, strangersAtMembers, unexplained }).toEqual({
      taken: 0,
      lostOnWayThere: sent,
      strangersAtMembers: sent,
      unexplained: 0,
    })
    const found = validity.findings.find(({ code }) => code === 'lost-on-the-way')!
    expect(found.message).toContain(`${sent} datagrams came to members`)
    expect(found.nextStep).toContain('address translation')
  })

  it('serves over IPv6 as over IPv4', async () => {
    const served = await startServe(directory, ['--host', SERVER_ADDRESS_6], { under: networks.server.under })
    const { books, affinity, members, ...result } = await measured(
      served,
      ['--requests', '10', '--in-flight', '16', '--interval', '100ms'],
      `[${SERVER_ADDRESS_6}]`,
    )
    expect(books).toMatchObject({ sent: 1000, taken: 1000, replied: 1000, lost: 0, unexplained: 0 })
    expect(affinity).toMatchObject({ flows: 100, moved: 0 })
    expect(members.reduce((sum, { flows }) => sum + flows, 0)).toBe(100)
    expect(result.server).toMatchObject({ sameNetwork: false })
  })

  it('a network that holds packets up is in the latency, and costs none of them', async () => {
    const served = await startThere()
    // 16 requests of 106 bytes queue for 13.6 ms at 1 Mbit/s: all that are in flight but the one that is sent.
    networks.client.run('tc qdisc add dev serve0 root tbf rate 1mbit burst 1600 limit 100000')
    const { books, latency } = await measured(served, ['--requests', '3', '--in-flight', '16'])
    expect(books).toMatchObject({
      sent: 300,
      replied: 300,
      lostOnWayThere: 0,
      lostOnWayBack: 0,
      unexplained: 0,
    })
    // The first 15 pass in the burst.
    expect(latency!.service.p50Ns).toBeGreaterThan(8e6)
  })

  it('counts what full queues of members drop apart from what the network loses', async () => {
    const served = await startThere(['--service-time', '1ms', '--receive-buffer', '8192'])
    networks.server.lose('serve1', `udp dport ${served.port}`, 5)
    const { books, members } = await measured(served, ['-d', '500ms', '--rate', '8k', '--timeout', '100ms'])
    expect(books.droppedAtMembers).toBeGreaterThan(0)
    expect(members.reduce((sum, { drops = 0 }) => sum + drops, 0)).toBe(books.droppedAtMembers)
    expect(books).toMatchObject({ lostOnWayThere: networks.server.lost, lostOnWayBack: 0, unexplained: 0 })
  })
})
