import { mostOf } from '../../src/plan/parameters/table.js'
import { describe, expect, it } from 'vitest'
import { neededNs, flowPeriodNs } from '../../src/plan/change-plan.js'
import {
  churnPlan,
  completeVerifyPlan,
  overloadPlan,
  drawOf,
  type VerifyRequest,
} from '../../src/plan/verify-plan.js'

const FACTS = {
  cpus: 2,
  ephemeralPorts: [32_768, 60_999] as [number, number],
  openFiles: { limit: 20_000, used: 30 },
}
const plan = (request: VerifyRequest = {}, openFiles = FACTS.openFiles) =>
  completeVerifyPlan(request, { ...FACTS, openFiles }, true)

describe('a verification', () => {
  it('puts four claims to the test on four members with 10,000 flows', () =>
    expect(plan()).toMatchObject({
      procs: 4,
      flows: 10_000,
      steering: 'hash',
      observeHash: true,
      claims: ['affinity', 'balance', 'churn', 'overload'],
    }))

  it('keeps the order of claims, however they are asked for, and each once', () =>
    expect(plan({ claims: ['churn', 'affinity', 'churn'] }).claims).toEqual(['affinity', 'churn']))

  it('takes as many flows as the open-file limit allows, unless it was told how many', () => {
    const few = { limit: 1024, used: 30 }
    expect(plan({}, few).flows).toBeLessThan(1000)
    expect(drawOf(plan({}, few), 0).plan.waves).toBe(1)
    expect(() => plan({ flows: 5000 }, few)).toThrow(/--flows 5000 does not fit.*ulimit -n/)
  })

  it('refuses fewer flows than the χ² distribution takes', () => {
    expect(() => plan({ procs: 8, flows: 39 })).toThrow(/--flows 39 is too few.*8 members: 40 at least/)
    expect(plan({ procs: 8, flows: 40 }).flows).toBe(40)
  })

  it('sees hashes only where there is no other program', () => {
    expect(plan({ steering: 'consistent' }).observeHash).toBe(false)
    expect(completeVerifyPlan({}, FACTS, false).observeHash).toBe(false)
  })
})

describe('a verification over TCP', () => {
  it('asks on a connection each, and claims nothing of datagrams', () => {
    const tcp = plan({ protocol: 'tcp' })
    expect(tcp.claims).toEqual(['affinity', 'balance', 'churn'])
    const load = { protocol: 'tcp', requestsPerConnection: 1 }
    expect(drawOf(tcp, 0).plan).toMatchObject(load)
    expect(churnPlan(tcp).plan).toMatchObject({ ...load, rateHz: 4000 })
    expect(() => plan({ protocol: 'tcp', claims: ['balance', 'overload'] })).toThrow(
      '--claim overload is of datagrams, which full queues drop: over TCP requests wait in connections instead; leave it out, or take --protocol udp.',
    )
  })
})

describe('its runs', () => {
  it('are independent draws for affinity and balance: a free port and other source ports each', () => {
    const seeds = Array.from({ length: 8 }, (_, i) => drawOf(plan(), i).plan).map(({ port, seed }) => {
      expect(port).toBe(0)
      return seed
    })
    expect(new Set(seeds).size).toBe(8)
  })

  it('have the same flows, members and service at both loads, and the same port', () => {
    const light = overloadPlan(plan(), 'light', 40_001)
    const overload = overloadPlan(plan(), 'overload', 40_001)
    expect({ ...light, rateHz: 0, durationNs: 0 }).toEqual({ ...overload, rateHz: 0, durationNs: 0 })
    expect(light.port).toBe(40_001)
  })

  it.each([2, 4, mostOf('procs', 'verify')])(
    'load %i members with half and twice what they can serve',
    (procs) => {
      const light = overloadPlan(plan({ procs }), 'light', 0)
      const capacityHz = (procs * 1e9) / light.serviceTimeNs
      expect(light.rateHz).toBeCloseTo(capacityHz / 2, 6)
      expect(overloadPlan(plan({ procs }), 'overload', 0).rateHz).toBeCloseTo(capacityHz * 2, 6)
      // Whoever waits in a full queue is answered in time.
      expect(light.timeoutNs).toBeGreaterThan(2 * 256 * light.serviceTimeNs)
    },
  )

  it('change the group by one of each kind, each with time to be seen', () => {
    const { plan: run, changes } = churnPlan(plan())
    expect(changes.map(({ change }) => change.kind)).toEqual(['add', 'remove', 'restart'])
    expect(changes[0]!.atNs).toBeGreaterThanOrEqual(3 * flowPeriodNs(run))
    expect(run.durationNs).toBe(neededNs(run, changes))
    expect(run.observeHash).toBe(true)
  })

  it.each([{}, { procs: mostOf('procs', 'verify'), flows: mostOf('flows', 'verify') }])(
    'measure for less than a minute in all, with %o',
    (request) => {
      const verify = plan(request, { limit: 100_000, used: 30 })
      const loads = [overloadPlan(verify, 'light', 0), overloadPlan(verify, 'overload', 0)]
      const timed = [...loads, churnPlan(verify).plan].map((run) => run.durationNs! + run.warmupNs)
      expect(timed.reduce((sum, ns) => sum + ns, 0)).toBeLessThan(60e9)
    },
  )
})
