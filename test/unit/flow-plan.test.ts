import { describe, expect, it } from 'vitest'
import { RpbenchError } from '../../src/errors.js'
import {
  disjointDraws,
  planFlows,
  shareFlows,
  type ListedFlows,
  type FlowPlanInput,
} from '../../src/plan/flow-plan.js'

const LOOPBACK: FlowPlanInput = { flows: 100, ports: [40_000, 40_999], seed: 1, firstAddress: '127.0.0.1' }

/** `address:port` of candidates `from` to `to` of a plan. */
function sources(plan: ListedFlows, from = 0, to = plan.port.length): string[] {
  return Array.from(
    { length: to - from },
    (_, i) => `${plan.addresses[plan.addressIndex[from + i]!]}:${plan.port[from + i]}`,
  )
}

const draws = (count: number, input: FlowPlanInput): Set<string>[] =>
  Array.from({ length: count }, (_, draw) => {
    const plan = planFlows({ ...input, draw })
    return new Set(sources(plan, 0, plan.flows))
  })
const overlap = (a: Set<string>, b: Set<string>): number => [...a].filter((source) => b.has(source)).length

describe('draws of one seed', () => {
  it('share no source as long as there are enough: 2 of 10,000 among the usual ports, 10 of 100 among 1,000', () => {
    for (const input of [
      { ...LOOPBACK, flows: 10_000, ports: [32_768, 60_999] as const },
      { ...LOOPBACK, flows: 100 },
    ]) {
      const count = disjointDraws(input)
      expect(count).toBe(input.flows === 100 ? 10 : 2)
      const all = draws(count, input)
      for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) expect(overlap(a, b)).toBe(0)
    }
  })

  it('share a third of 10,000 where only their seeds differ', () => {
    const input = { ...LOOPBACK, flows: 10_000, ports: [32_768, 60_999] as const }
    const [a, b] = [1, 2].map((seed) => draws(1, { ...input, seed })[0]!) as [Set<string>, Set<string>]
    expect(overlap(a, b) / 10_000).toBeGreaterThan(0.3)
  })

  it('go on with another order where they are used up, and keep spare sources', () => {
    const input = { ...LOOPBACK, flows: 400 }
    const [first, second, third] = draws(3, input) as [Set<string>, Set<string>, Set<string>]
    expect(overlap(first, second)).toBe(0)
    expect(third).not.toEqual(first)
    const { port } = planFlows({ ...input, draw: 1 })
    expect(new Set(port).size).toBe(1000)
  })
})

describe('a flow plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(sources(planFlows(LOOPBACK))).toEqual(sources(planFlows(LOOPBACK)))
    expect(sources(planFlows(LOOPBACK))).not.toEqual(sources(planFlows({ ...LOOPBACK, seed: 2 })))
  })

  it('has no source twice, spare ones included', () => {
    const all = sources(planFlows({ ...LOOPBACK, flows: 3000 }))
    expect(new Set(all).size).toBe(all.length)
  })

  it('draws from all of the port range, both ends included', () => {
    const { port } = planFlows({ ...LOOPBACK, flows: 10, ports: [5, 14], addresses: ['127.0.0.1'] })
    expect([...port].toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  })

  it('shuffles: the order says nothing about the port', () => {
    const { port } = planFlows({ ...LOOPBACK, flows: 800 })
    const rising = port.subarray(1).filter((p, i) => p > port[i]!).length
    // In a random order the rises have mean (n−1)/2 and variance (n+1)/12: this is six standard deviations wide.
    expect(Math.abs(rising - 999 / 2)).toBeLessThan(6 * Math.sqrt(1001 / 12))
  })

  it('keeps ports to spare for those that turn out to be in use', () => {
    const plan = planFlows(LOOPBACK)
    expect(plan.flows).toBe(100)
    expect(plan.port.length, 'all there are: another run may hold many of them').toBe(1000)
  })

  it.each([
    ['one address while a fifth of its ports stays to spare', 800, ['127.0.0.1']],
    ['a second one beyond that', 801, ['127.0.0.1', '127.0.0.2']],
    ['as many as it takes', 4000, ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5']],
  ])('on loopback takes %s', (_name, flows, addresses) =>
    expect(planFlows({ ...LOOPBACK, flows }).addresses).toEqual(addresses),
  )

  it('goes on in the next byte of the address where one is used up', () =>
    expect(planFlows({ ...LOOPBACK, flows: 1600, firstAddress: '127.0.0.255' }).addresses).toEqual([
      '127.0.0.255',
      '127.0.1.0',
    ]))

  it('carries over two bytes', () =>
    expect(planFlows({ ...LOOPBACK, flows: 1600, firstAddress: '127.0.255.255' }).addresses).toEqual([
      '127.0.255.255',
      '127.1.0.0',
    ]))

  it('takes the addresses that the user names, and no other', () => {
    const addresses = ['127.0.0.9', '127.0.0.4']
    const plan = planFlows({ ...LOOPBACK, flows: 1500, addresses })
    expect(plan.addresses).toEqual(addresses)
    expect(new Set(plan.addressIndex)).toEqual(new Set([0, 1]))
  })

  it('adds no address off loopback, where only the user knows which are there', () =>
    expect(planFlows({ ...LOOPBACK, flows: 1000, firstAddress: '192.0.2.1' }).addresses).toEqual([
      '192.0.2.1',
    ]))

  it('that does not fit is an error that says what fits and what to change', () => {
    const tooMany = { ...LOOPBACK, flows: 2001, addresses: ['127.0.0.1', '127.0.0.2'] }
    expect(() => planFlows(tooMany)).toThrow(RpbenchError)
    expect(() => planFlows(tooMany)).toThrow(
      '--flows 2001 does not fit: 2 source addresses × 1000 ports (40000-40999) make 2000 flows; widen --source-ports or add --source-addresses.',
    )
    expect(() => planFlows({ ...LOOPBACK, flows: 1001, firstAddress: '192.0.2.1' })).toThrow(
      '1 source address × 1000 ports',
    )
  })

  it('may use every source there is', () => {
    const plan = planFlows({ ...LOOPBACK, flows: 2000, addresses: ['127.0.0.1', '127.0.0.2'] })
    expect(new Set(sources(plan)).size).toBe(2000)
  })

  it('of few flows from more sources than memory could hold is made at once', () => {
    const addresses = Array.from({ length: 65_536 }, (_, i) => `127.1.${i >> 8}.${i & 255}`)
    const plan = planFlows({ ...LOOPBACK, flows: 1000, ports: [1, 65_535], addresses })
    const all = sources(plan)
    expect(all.length).toBeLessThan(1_000_000)
    expect(new Set(all).size).toBe(all.length)
    expect(new Set(plan.addressIndex.subarray(0, plan.flows)).size, 'drawn from all of them').toBeGreaterThan(
      900,
    )
  })

  it('never takes more addresses than it can tell apart, and says so', () =>
    expect(() => planFlows({ ...LOOPBACK, flows: 70_000, ports: [40_000, 40_000] })).toThrow(
      '--flows 70000 does not fit: 65536 source addresses × 1 ports (40000-40000) make 65536 flows',
    ))

  it('of IPv6 has the one loopback address there is', () => {
    const ipv6 = { ...LOOPBACK, firstAddress: '::1' }
    expect(planFlows({ ...ipv6, flows: 1000 }).addresses).toEqual(['::1'])
    expect(() => planFlows({ ...ipv6, flows: 1001 })).toThrow('1 source address × 1000 ports')
  })

  it('ends where loopback ends, before its broadcast address', () => {
    const last = { ...LOOPBACK, firstAddress: '127.255.255.253' }
    expect(planFlows({ ...last, flows: 1900 }).addresses).toEqual(['127.255.255.253', '127.255.255.254'])
    expect(() => planFlows({ ...last, flows: 2001 })).toThrow('2 source addresses × 1000 ports')
  })

  it('of 100,000 flows from the usual ephemeral range fits four or five addresses', () => {
    const plan = planFlows({ ...LOOPBACK, flows: 100_000, ports: [32_768, 60_999] })
    expect(plan.addresses).toHaveLength(5)
    expect(new Set(sources(plan, 0, plan.flows)).size).toBe(100_000)
  })
})

describe('a plan that workers share', () => {
  it.each([
    [100, 1],
    [100, 3],
    [101, 8],
    [5, 5],
  ])('gives each of its %d flows to exactly one of %d workers, in order', (flows, workers) => {
    const plan = planFlows({ ...LOOPBACK, flows })
    const shares = shareFlows(plan, workers)
    expect(shares).toHaveLength(workers)
    expect(shares.flatMap((share) => sources(share, 0, share.flows))).toEqual(sources(plan, 0, flows))
    expect(shares.map((share) => share.firstFlow)).toEqual(
      shares.map((_, i) => shares.slice(0, i).reduce((sum, share) => sum + share.flows, 0)),
    )
  })

  it('gives them parts that differ by one flow at most, and so for the spare ports', () => {
    const plan = planFlows({ ...LOOPBACK, flows: 101 })
    const shares = shareFlows(plan, 8)
    for (const sizes of [shares.map((s) => s.flows), shares.map((s) => s.port.length - s.flows)])
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    const spares = shares.flatMap((share) => sources(share, share.flows))
    expect(spares.toSorted()).toEqual(sources(plan, plan.flows).toSorted())
  })
})
