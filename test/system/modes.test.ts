import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assignment, measure, quietPort } from './experiment.js'
import { membersOf } from './process-table.js'

describe('members that are threads', () => {
  it('measure as processes do, in one process', async () => {
    let children: number[] = []
    const { result } = await measure(
      { procs: 3, flows: 500, server: 'threads' },
      { onProgress: () => void (children = [...children, ...membersOf(process.pid)]) },
    )
    expect(children).toEqual([])
    expect(result.group.server).toBe('threads')
    expect(result.members.map((m) => m.pid)).toEqual([process.pid, process.pid, process.pid])
    expect(result.books).toMatchObject({ unexplained: 0, lost: 0 })
    expect(result.members.reduce((sum, { taken = 0 }) => sum + taken, 0)).toBe(result.books.sent)
    expect(result.affinity).toMatchObject({ moved: 0, unanswered: 0, unasked: 0 })
  })
})

describe('several workers', () => {
  it('share the flows, and their counts add up', async () => {
    const { result, flows } = await measure({ procs: 2, flows: 1001, workers: 3, inFlight: 100, requests: 3 })
    expect(flows.map((f) => f.flow)).toEqual(Array.from({ length: 1001 }, (_, i) => i))
    expect(assignment(flows).size).toBe(1001)
    expect(flows.every((f) => f.sent === 3 && f.replied === 3)).toBe(true)
    expect(result.books).toMatchObject({ sent: 3003, replied: 3003, unexplained: 0 })
  })
})

describe('waves', () => {
  it('let every flow run from a source port of its own when not all can be open at once', async () => {
    const { result, flows } = await measure({ procs: 2, flows: 1000, waveSize: 150, inFlight: 64 })
    expect(flows).toHaveLength(1000)
    expect(assignment(flows).size).toBe(1000)
    expect(flows.every((f) => f.sent > 0 && f.lost === 0)).toBe(true)
    expect(result.plan.effective).toMatchObject({ waveSize: 150, waves: 7 })
    expect(result.affinity).toMatchObject({ flows: 1000, moved: 0, unanswered: 0, unasked: 0 })
    expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
    expect(result.validity.findings.map((f) => f.code)).toContain('waves')
  })

  it('go with several workers, and with a number of requests per flow', async () => {
    const { result, flows } = await measure({
      procs: 2,
      flows: 503,
      waveSize: 100,
      workers: 3,
      inFlight: 50,
      requests: 2,
    })
    expect(assignment(flows).size).toBe(503)
    expect(flows.every((f) => f.sent === 2 && f.replied === 2)).toBe(true)
    expect(result.books).toMatchObject({ sent: 1006, unexplained: 0 })
  })
})

describe('a number of requests per flow', () => {
  it.each([
    { flows: 200, inFlight: 64, requests: 7 },
    { flows: 5, inFlight: 100, requests: 13 },
    { flows: 1, inFlight: 1, requests: 1 },
  ])('is kept exactly: $flows flows, $inFlight in flight, $requests each', async (request) => {
    const { result, flows } = await measure({ procs: 2, ...request })
    expect(flows.map((f) => [f.sent, f.replied])).toEqual(
      flows.map(() => [request.requests, request.requests]),
    )
    expect(result.books).toMatchObject({ sent: request.flows * request.requests, lost: 0, unexplained: 0 })
  })
})

describe('a service time', () => {
  it.each(['cpu', 'sleep'] as const)(
    'of kind %s is what every request takes at least',
    async (serviceKind) => {
      const { result } = await measure({
        procs: 2,
        flows: 20,
        inFlight: 2,
        requests: 5,
        serviceTimeNs: 2e6,
        serviceKind,
      })
      expect(result.books).toMatchObject({ sent: 100, replied: 100, unexplained: 0 })
      expect(result.latency!.service.minNs).toBeGreaterThanOrEqual(2e6)
    },
  )
})

describe('the payload', () => {
  it.each([56, 1472, 9000, 65_507])('can be %d bytes', async (payloadBytes) => {
    // One datagram of 64 KiB fits the default buffer of a socket, two may not.
    const inFlight = payloadBytes > 10_000 ? 1 : 8
    const { result } = await measure({ procs: 2, flows: 20, inFlight, payloadBytes, requests: 5 })
    expect(result.books).toMatchObject({ sent: 100, replied: 100, lost: 0, unexplained: 0 })
  })
})

describe('a group on the wildcard address', () => {
  it('serves flows from several source addresses, and says what it exposes', async () => {
    const sourceAddresses = ['127.0.0.1', '127.0.0.2', '127.0.0.9']
    const { result, flows } = await measure({
      listen: 'any',
      procs: 2,
      flows: 600,
      sourceAddresses,
    })
    expect(new Set(flows.map((f) => f.sourceAddress))).toEqual(new Set(sourceAddresses))
    expect(result.group.address).toBe('0.0.0.0')
    expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
    expect(result.affinity).toMatchObject({ moved: 0, unanswered: 0, unasked: 0 })
    expect(result.validity.findings.map((f) => f.code)).toContain('exposed')
  })

  it('answers from another loopback address when it is bound there', async () => {
    const { result, flows } = await measure({ host: '127.0.0.77', procs: 2, flows: 100 })
    expect(new Set(flows.map((f) => f.sourceAddress))).toEqual(new Set(['127.0.0.77']))
    expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
  })
})

describe('a source port that is in use', () => {
  let holder: Socket
  let port: number
  beforeEach(async () => {
    holder = createSocket('udp4')
    port = quietPort()
    holder.bind(port, '127.0.0.1')
    await once(holder, 'listening')
  })
  afterEach(async () => {
    holder.close()
    await once(holder, 'close')
  })

  it('is replaced by a spare one, which the result says', async () => {
    const { result, flows } = await measure({
      procs: 2,
      flows: 90,
      requests: 1,
      sourcePorts: [port - 24, port],
      sourceAddresses: ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'],
    })
    expect(assignment(flows).size).toBe(90)
    expect(assignment(flows).has(`127.0.0.1:${port}`)).toBe(false)
    expect(result.books).toMatchObject({ sent: 90, replied: 90, unexplained: 0 })
    expect(result.validity.findings.map((f) => f.code)).toContain('ports-replaced')
  })

  it('without a spare one is an error that says what to do', async () => {
    const run = measure({
      procs: 2,
      flows: 1,
      requests: 1,
      sourcePorts: [port, port],
      sourceAddresses: ['127.0.0.1'],
    })
    await expect(run).rejects.toMatchObject({
      code: 'RPB_FLOWS',
      message: expect.stringMatching(new RegExp(`^Source port ${port} is in use`)) as string,
    })
    expect(membersOf(process.pid)).toEqual([])
  })
})
