import { afterEach, describe, expect, it } from 'vitest'
import { hasCapability } from '../../src/host/capabilities.js'
import { withSocket } from '../../src/observer/descriptors.js'
import { filterOf } from '../../src/observer/filters.js'
import { runResult } from '../../src/result/run-result.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'
import { measure } from './experiment.js'
import { ForeignGroup, hasPython } from './foreign-group.js'

let server: ForeignGroup | undefined
afterEach(async () => {
  await server?.end()
  server = undefined
})

describe('a target on this host', { skip: !mayLoadEbpf() || !hasPython }, () => {
  it('has the flows and packets of each of its sockets, as many as were sent', async () => {
    server = await ForeignGroup.start('udp', 3, { echo: true })
    const { result } = await measure({
      target: { address: '127.0.0.1', port: server.port },
      flows: 60,
      requests: 10,
      // Of the warm-up nothing is counted.
      warmupNs: 0.1e9,
    })
    const sockets = result.targetSockets!
    const sum = (of: (socket: (typeof sockets)[number]) => number | undefined): number =>
      sockets.reduce((total, socket) => total + of(socket)!, 0)
    expect(sockets).toHaveLength(3)
    expect(sum(({ flows }) => flows)).toBe(60)
    expect(sum(({ packets }) => packets)).toBe(600)
    expect(sockets.every(({ flows, packets }) => packets === 10 * flows!)).toBe(true)
    expect(result.affinity).toEqual({ flows: 60, moved: 0, unanswered: 0, unasked: 0 })
    expect(result.balance).toMatchObject({
      basis: 'counted',
      flows: 60,
      flowsPerMember: sockets.map(({ flows }) => flows),
    })
    expect(result).not.toHaveProperty('targetUncounted')
    const readers = sockets.flatMap((socket) => socket.readers!.threads.map(({ pid }) => pid))
    expect(readers.toSorted((a, b) => a - b)).toEqual(server.pids.toSorted((a, b) => a - b))
    // With it the kernel takes the time.
    const { counted } = result.targetCost ?? {}
    expect(counted !== undefined && counted.packets > 0).toBe(hasCapability('CAP_SYS_ADMIN'))
    expect(runResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(JSON.parse(JSON.stringify(result)))
    const left = server.sockets().map((socket) => withSocket(socket, filterOf))
    expect(left).toEqual([{ used: undefined }, { used: undefined }, { used: undefined }])
  })

  it('has the flows and connections of each of its listeners over TCP', async () => {
    server = await ForeignGroup.start('tcp', 3, { echo: true })
    const { result } = await measure({
      target: { address: '127.0.0.1', port: server.port },
      protocol: 'tcp',
      flows: 60,
      requests: 4,
      requestsPerConnection: 2,
      warmupNs: 0.1e9,
      timeoutNs: 30e9,
    })
    const sockets = result.targetSockets!
    expect(sockets).toHaveLength(3)
    expect(sockets.map(({ flows }) => flows!).reduce((sum, flows) => sum + flows)).toBe(60)
    expect(sockets.map(({ packets }) => packets!).reduce((sum, packets) => sum + packets)).toBe(120)
    expect(result.connections).toMatchObject({ opened: 120, established: 120 })
    expect(sockets.every(({ flows, packets }) => packets === 2 * flows!)).toBe(true)
    expect(sockets[0]).not.toHaveProperty('drops')
    expect(result.books).not.toHaveProperty('droppedAtMembers')
    expect(result.affinity).toMatchObject({ flows: 60, moved: 0 })
    expect(result.balance).toMatchObject({ basis: 'counted', flows: 60 })
  })

  it('keeps a filter that it has, and it is said why nothing is counted', async () => {
    server = await ForeignGroup.start('udp', 1, { ownFilter: true })
    const { result } = await measure({
      target: { address: '127.0.0.1', port: server.port },
      flows: 2,
      requests: 1,
      warmupNs: 0,
      timeoutNs: 0.1e9,
    })
    expect(result.targetSockets![0]).not.toHaveProperty('flows')
    expect(result.targetUncounted?.why).toContain('has a filter of its own')
    expect(result.affinity).not.toHaveProperty('moved')
    expect(result).not.toHaveProperty('balance')
  })
})
