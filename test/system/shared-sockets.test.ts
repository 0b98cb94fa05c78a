import { createSocket, type Socket } from 'node:dgram'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ioUringRefusal } from '../../src/host/io-uring.js'
import type { FlowRow } from '../../src/result/run-result.js'
import type { ListedFlows } from '../../src/plan/flow-plan.js'
import { sourceOf } from '../../src/plan/flow-sources.js'
import { assignment, measure, quietPort, type Measured } from './experiment.js'
import { mayHaveNetwork, runInOwnNetwork } from './own-network.js'
import { countsOf } from './run-counts.js'

/** The same flows, for sockets of their own. */
function listed(flows: readonly FlowRow[]): ListedFlows {
  const addresses = [...new Set(flows.map(({ sourceAddress }) => sourceAddress))]
  const indexOf = new Map(addresses.map((address, index) => [address, index]))
  return {
    addresses,
    addressIndex: Uint16Array.from(flows, ({ sourceAddress }) => indexOf.get(sourceAddress)!),
    port: Uint16Array.from(flows, ({ sourcePort }) => sourcePort),
    flows: flows.length,
  }
}

const boundOrNot = (socket: Socket): Promise<void> =>
  new Promise((done) => {
    socket.once('listening', done).once('error', () => done())
  })

const overRing = ioUringRefusal() === undefined
const scriptAt = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** As pktinfo-ipv6-engine.mjs has them. */
const SOURCES = { seed: 11, first: 7_000_000, ports: [40_000, 40_001, 40_002], family: 'ipv6' } as const

interface EngineTold {
  asked: number[]
  sources: [flow: number, address: string, port: number][]
  answered: number[]
  strangers: number
  receiveErrors: number
  refused: number
}

describe.each(['pktinfo', 'pktinfo-mmsg'] as const)('flows that share sockets, over %s', (engine) => {
  it.runIf(engine === 'pktinfo-mmsg' || overRing)(
    'are placed and counted as the same flows with a socket each',
    async () => {
      const request = { procs: 5, flows: 4000, requests: 3, inFlight: 100, port: quietPort(), workers: 2 }
      const shared = await measure({ ...request, engine })
      expect(shared.result.client).toMatchObject({ engine, sockets: 16 })
      expect(new Set(assignment(shared.flows).keys()).size).toBe(4000)
      const own = await measure({ ...request, engine: 'epoll' }, { flowPlan: listed(shared.flows) })
      expect(own.result.client).not.toHaveProperty('sockets')
      expect(assignment(own.flows)).toEqual(assignment(shared.flows))
      expect(countsOf(own)).toEqual(countsOf(shared))
      expect(shared.result.books).toMatchObject({
        sent: 12_000,
        replied: 12_000,
        unexplained: 0,
      })
    },
  )

  it.runIf(engine === 'pktinfo-mmsg' || overRing)(
    'find the few ports that another run has left of the range',
    async () => {
      const [first, range, free] = [quietPort(), 600, 24]
      const taken = Array.from({ length: range - free }, (_, i) =>
        createSocket('udp4').bind(first + i, '127.0.0.9'),
      )
      try {
        // Where one cannot be had, somebody else has it already.
        await Promise.all(taken.map(boundOrNot))
        const { result } = await measure({
          procs: 2,
          flows: 100,
          requests: 3,
          sourcePorts: [first, first + range - 1],
          workers: 1,
          engine,
        })
        expect(result.client).toMatchObject({ engine, sockets: 16 })
        expect(result.books).toMatchObject({ sent: 300, replied: 300, unexplained: 0 })
      } finally {
        for (const socket of taken) socket.close()
      }
    },
  )

  it.runIf((engine === 'pktinfo-mmsg' || overRing) && mayHaveNetwork('ipv6'))(
    'are placed and counted as the same flows with a socket each over IPv6',
    () => {
      const printed = runInOwnNetwork(
        'ipv6',
        scriptAt('engine-and-sockets.mjs'),
        engine,
        '::1',
        '4000',
        '3',
        '2',
      )
      const { shared, own } = JSON.parse(printed) as { shared: Measured; own: Measured }
      expect(shared.result.client).toMatchObject({ engine, sockets: 16 })
      expect(own.result.client).not.toHaveProperty('sockets')
      const addresses = new Set(shared.flows.map(({ sourceAddress }) => sourceAddress))
      expect([...addresses].filter((address) => !address.startsWith('fd72:7062:656e:6368::7f'))).toEqual([])
      const placed = assignment(shared.flows)
      expect(placed.size).toBe(4000)
      expect(new Set(placed.values()).size).toBe(5)
      expect(assignment(own.flows)).toEqual(placed)
      expect(countsOf(own)).toEqual(countsOf(shared))
      expect(shared.result.books).toMatchObject({ sent: 12_000, replied: 12_000, unexplained: 0 })
      expect(shared.result.affinity).toMatchObject({ violations: [] })
    },
  )

  it.runIf((engine === 'pktinfo-mmsg' || overRing) && mayHaveNetwork('ipv6'))(
    'come over IPv6 from where the plan computes, and count what came back there',
    () => {
      const told = JSON.parse(
        runInOwnNetwork('ipv6', scriptAt('pktinfo-ipv6-engine.mjs'), engine),
      ) as EngineTold
      expect(told.sources.toSorted(([a], [b]) => a - b)).toEqual(
        told.asked.map((flow) => {
          const { address, port } = sourceOf(SOURCES, flow)
          return [flow, address, port]
        }),
      )
      expect(told.answered.toSorted((a, b) => a - b)).toEqual(told.asked)
      // To another flow, to another port, and of somebody else.
      expect(told).toMatchObject({ strangers: 3, refused: 1, receiveErrors: 0 })
    },
  )
})
