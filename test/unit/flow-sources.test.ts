import { describe, expect, it } from 'vitest'
import { disjointComputedDraws, planComputedFlows } from '../../src/plan/computed-flows.js'
import { shareFlows } from '../../src/plan/flow-plan.js'
import { computedCapacity, computedSource, sourceOf } from '../../src/plan/flow-sources.js'
import { chiSquareStatistic, chiSquareTail } from '../../src/stats/chi-square.js'
import { canonicalAddress, isLoopback, mappedBytes } from '../../src/units/addresses.js'

const PORTS = [40_000, 40_001, 40_002]
const NETWORK = 127 * 2 ** 24

/** How many of 64,000 flows are in each 64th of the addresses. */
const blocks = (seed: number, from: number): number[] => {
  const counts = Array.from({ length: 64 }, () => 0)
  for (let i = 0; i < 64_000; i++)
    counts[(computedSource({ seed, first: 0, ports: PORTS }, from + i).address - NETWORK) >>> 18]!++
  return counts
}

const addresses = (seed: number): Set<number> =>
  new Set(Array.from({ length: 1000 }, (_, i) => computedSource({ seed, first: 0, ports: PORTS }, i).address))

describe('computed sources', () => {
  it('are each had once, to the last that a port has', () => {
    const sources = { seed: 7, first: 0, ports: [40_000] }
    const all = computedCapacity(1)
    const seen = new Uint8Array(2 ** 24)
    let again = 0
    const see = (flow: number): void => {
      const at = computedSource(sources, flow).address - NETWORK
      if (seen[at]!++ > 0) again++
    }
    for (let flow = 0; flow < 300_000; flow++) see(flow)
    for (let flow = all - 300_000; flow < all; flow++) see(flow)
    expect(again).toBe(0)
    // Those of servers, and that of all.
    expect(
      [seen.subarray(0, 64), seen.subarray(-64)].every((edge) => edge.every((times) => times === 0)),
    ).toBe(true)
  })

  it('are addresses of the loopback network with a port of those that there are', () => {
    const sources = Array.from({ length: 1000 }, (_, flow) =>
      sourceOf({ seed: 1, first: 0, ports: PORTS }, flow),
    )
    expect(sources.every(({ address }) => isLoopback(address))).toBe(true)
    expect(new Set(sources.map(({ port }) => port))).toEqual(new Set(PORTS))
  })

  it('have over IPv6 the same addresses at the end of those of one network, written as RFC 5952 says', () => {
    const sources = { seed: 1, first: 0, ports: PORTS }
    for (let flow = 0; flow < 100_000; flow += 7) {
      const { address, port } = sourceOf({ ...sources, family: 'ipv6' }, flow)
      const four = sourceOf(sources, flow)
      expect(port).toBe(four.port)
      expect(address).toBe(canonicalAddress(address))
      expect(Buffer.from(mappedBytes(address)).toString('latin1', 0, 12)).toBe('\u00FDrpbench\0\0\0\0')
      expect(mappedBytes(address).slice(12)).toEqual(mappedBytes(four.address).slice(12))
    }
  })

  it('spread over the address range as a fair draw does, and differ by seed and port', () => {
    for (const [seed, from] of [
      [0, 0],
      [1, 0],
      [2, 1e6],
      [2 ** 31 - 1, 4e7],
    ] as const)
      expect(chiSquareTail(chiSquareStatistic(blocks(seed, from)), 63)).toBeGreaterThan(1e-6)
    const [one, other] = [addresses(1), addresses(2)]
    expect([...one].filter((address) => other.has(address)).length).toBeLessThan(10)
  })
})

describe('a plan of computed flows', () => {
  const INPUT = { flows: 100_000, ports: [32_768, 60_999], seed: 3, workers: 3, inFlight: 64 } as const

  it.each([
    [64, 18],
    [2048, 33],
    [10_000, 66],
    [undefined, 66],
  ])('has for %s requests in flight %i sockets, as many for each worker', (inFlight, sockets) =>
    expect(planComputedFlows({ ...INPUT, inFlight }).sockets).toBe(sockets),
  )

  it('gives each worker sockets of its own, and flows from sources that nobody else has', () => {
    const draws = [0, 1].map((draw) => planComputedFlows({ ...INPUT, draw }))
    const shares = draws.flatMap((plan) => shareFlows(plan, 3))
    expect(shares.slice(0, 3).map(({ flows, firstFlow }) => [firstFlow, flows])).toEqual([
      [0, 33_333],
      [33_333, 33_333],
      [66_666, 33_334],
    ])
    const sources = new Set<string>()
    for (const share of shares)
      for (let flow = 0; flow < share.flows; flow++) {
        if (!('seed' in share)) throw new Error('not computed')
        const { address, port } = sourceOf({ ...share, ports: share.ports.slice(0, share.sockets) }, flow)
        sources.add(`${address}:${port}`)
      }
    expect(sources.size).toBe(200_000)
  })

  it.each([1, 2, 3, 64])(
    'gives the device of each of %i workers addresses that nobody else has',
    (workers) => {
      const plan = planComputedFlows({ ...INPUT, flows: 6400, workers, device: true })
      const shares = shareFlows(plan, workers) as (typeof plan)[]
      const parts = shares.map(({ device }) => device!)
      const ends = parts.map(({ network, bits }) => network + 2 ** bits)
      // Behind those of the group, one after another, to the end of the network at most.
      expect(parts[0]!.network).toBeGreaterThanOrEqual(NETWORK + 2 ** 16)
      expect(parts.slice(1).map(({ network }) => network)).toEqual(ends.slice(0, -1))
      expect(ends.at(-1)).toBeLessThanOrEqual(NETWORK + 2 ** 24)
      for (const [i, share] of shares.entries())
        for (let flow = 0; flow < share.flows; flow += 7) {
          const { address } = computedSource({ ...share, ports: share.ports.slice(0, share.sockets) }, flow)
          expect(address > parts[i]!.network && address < ends[i]! - 1).toBe(true)
        }
    },
  )

  it('has room at a device for all that can be waited for', () => {
    expect(planComputedFlows({ ...INPUT, device: true }).queue).toBe(65_536)
    expect(planComputedFlows({ ...INPUT, device: true, inFlight: 500_000 }).queue).toBe(1_000_000)
    expect(planComputedFlows(INPUT)).not.toHaveProperty('queue')
  })

  it('has all other ports of the range to spare, and none of them twice', () => {
    const { ports } = planComputedFlows(INPUT)
    expect(ports.length).toBe(60_999 - 32_768 + 1)
    expect(new Set(ports).size).toBe(ports.length)
    expect(planComputedFlows(INPUT)).toEqual(planComputedFlows(INPUT))
  })

  it('does with as few ports as there are, and wants one for each worker', () => {
    expect(planComputedFlows({ ...INPUT, ports: [40_000, 40_003] })).toMatchObject({ sockets: 3 })
    expect(() => planComputedFlows({ ...INPUT, ports: [40_000, 40_001] })).toThrow(
      '--workers 3 takes a source port each, and --source-ports 40000-40001 has 2: widen it, or lower --workers.',
    )
  })

  it('knows how many draws share no source', () => {
    const input = { flows: 10_000_000, ports: [40_000, 50_000], seed: 1, workers: 1, inFlight: 64 } as const
    expect(disjointComputedDraws(input)).toBe(26)
    const first = (draw: number): number => planComputedFlows({ ...input, draw }).first
    expect([first(0), first(1), first(25), first(26)]).toEqual([0, 1e7, 25e7, 0])
  })
})
