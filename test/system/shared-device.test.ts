import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ioUringRefusal } from '../../src/host/io-uring.js'
import { sourceOf } from '../../src/plan/flow-sources.js'
import { assignment, type Measured } from './experiment.js'
import { mayHaveNetwork, runInOwnNetwork } from './own-network.js'
import { countsOf } from './run-counts.js'

const scriptAt = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const WORKERS = 3
/** As tun-engine.mjs has them. */
const SOURCES = {
  seed: 11,
  first: 7_000_000,
  ports: [40_000, 40_001, 40_002],
  device: { network: 0x7f_40_00_00, bits: 22 },
}

interface EngineTold {
  refusedLanes: boolean[]
  asked: number[]
  sources: [flow: number, address: string, port: number][]
  answered: number[]
  kept: number
  dropped: number
  queue: number
  strangers: number
  receiveErrors: number
  refused: number
}

const engines = (['tun', 'tun-rw'] as const).filter(
  (engine) => engine === 'tun-rw' || ioUringRefusal(true) === undefined,
)

describe.runIf(mayHaveNetwork('tun')).each(engines)(
  'flows that share a TUN device a worker, over %s',
  (engine) => {
    it('come from where the plan computes, and count what came back there', () => {
      const told = JSON.parse(runInOwnNetwork('tun', scriptAt('tun-engine.mjs'), engine)) as EngineTold
      expect(told.sources.toSorted(([a], [b]) => a - b)).toEqual(
        told.asked.map((flow) => {
          const { address, port } = sourceOf(SOURCES, flow)
          return [flow, address, port]
        }),
      )
      expect(told.answered.toSorted((a, b) => a - b)).toEqual(told.asked)
      expect(told.refusedLanes).toEqual([true, true])
      // To another flow, to another port, and of somebody else.
      expect(told).toMatchObject({ strangers: 3, refused: 1, receiveErrors: 0 })
      // What found no room is counted by the device, one by one. The kernel clears places that were read 16 at a time.
      expect(told.kept + told.dropped).toBe(60)
      expect(told.kept).toBeLessThanOrEqual(told.queue)
      expect(told.kept).toBeGreaterThan(told.queue - 16)
    })

    it('are placed and counted as the same flows with a socket each', () => {
      const printed = runInOwnNetwork(
        'tun',
        scriptAt('engine-and-sockets.mjs'),
        engine,
        '127.0.0.1',
        '4000',
        '3',
        String(WORKERS),
      )
      const { shared, own } = JSON.parse(printed) as { shared: Measured; own: Measured }
      expect(shared.result.client).toMatchObject({ engine, devices: WORKERS })
      expect(shared.result.client).not.toHaveProperty('sockets')
      const placed = assignment(shared.flows)
      expect(placed.size).toBe(4000)
      expect(new Set(placed.values()).size).toBe(5)
      expect(assignment(own.flows)).toEqual(placed)
      const { droppedAtDevices, ...books } = shared.result.books
      expect(droppedAtDevices).toBe(0)
      expect(countsOf(own)).toEqual(countsOf({ ...shared, result: { ...shared.result, books } }))
      expect(books).toMatchObject({ sent: 12_000, replied: 12_000, unexplained: 0 })
      expect(shared.result.affinity).toMatchObject({ violations: [] })
    })
  },
)
