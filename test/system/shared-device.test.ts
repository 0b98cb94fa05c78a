import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ioUringRefusal } from '../../src/host/io-uring.js'
import { assignment, type Measured } from './experiment.js'
import { mayHaveDevice, runInOwnNetwork } from './own-network.js'
import { countsOf } from './run-counts.js'

const SCRIPT = fileURLToPath(new URL('tun-and-sockets.mjs', import.meta.url))
const WORKERS = 3

describe.runIf(mayHaveDevice())('flows that share a TUN device a worker', () => {
  it.each([
    ['tun', ioUringRefusal(true) === undefined],
    ['tun-rw', true],
  ] as const)('are placed and counted as the same flows with a socket each, over %s', (engine, possible) => {
    if (!possible) return
    const printed = runInOwnNetwork(SCRIPT, engine, '4000', '3', String(WORKERS))
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
})
