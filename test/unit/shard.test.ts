import { describe, expect, it } from 'vitest'
import { arrayTaskOf } from '../../src/plan/array-task.js'
import { planComputedFlows } from '../../src/plan/computed-flows.js'
import { planFlows, shareFlows, type FlowPlan } from '../../src/plan/flow-plan.js'
import { sourceOf } from '../../src/plan/flow-sources.js'
import { completePlan, type HostFacts } from '../../src/plan/run-plan.js'
import { parseShard } from '../../src/plan/shard-wish.js'
import { partOf, placeOfShard, refuseWithShard, weightedPart } from '../../src/plan/shard.js'
import { parseStart, startTime } from '../../src/plan/start-time.js'

const FLAG = { flag: '--shard' }
const slurm = (id: number, least: number, count: number, step = 1) => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${least}`,
  SLURM_ARRAY_TASK_MAX: `${least + (count - 1) * step}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
})
const placed = (text: string, environment: Record<string, string>) =>
  placeOfShard(parseShard(text, FLAG), arrayTaskOf(environment))

describe('--shard', () => {
  it('is K/N, /N or auto, and nothing else', () => {
    expect(parseShard('3/10', FLAG)).toEqual({ index: 3, count: 10 })
    expect(parseShard('/10', FLAG)).toEqual({ count: 10 })
    expect(parseShard('auto', FLAG)).toEqual({})
    for (const bad of ['', '3', '3/', '0/10', '11/10', '1/0', '-1/2', '1/2/3', '1/1001', '1.5/3'])
      expect(() => parseShard(bad, FLAG)).toThrow(/^--shard /)
  })

  it('takes its number from Kubernetes, which counts from 0 and does not say to what', () => {
    expect(placed('/10', { JOB_COMPLETION_INDEX: '0' })).toEqual({ index: 1, count: 10, from: 'kubernetes' })
    expect(placed('/10', { JOB_COMPLETION_INDEX: '9' })).toMatchObject({ index: 10 })
    expect(() => placed('/10', { JOB_COMPLETION_INDEX: '10' })).toThrow(
      /JOB_COMPLETION_INDEX is 10, and the last/,
    )
    expect(() => placed('auto', { JOB_COMPLETION_INDEX: '1' })).toThrow(
      /Kubernetes does not tell: write --shard \/N/,
    )
  })

  it('takes it from an array of Slurm, wherever that begins and by which steps it goes on', () => {
    expect(placed('auto', slurm(1, 1, 10))).toEqual({ index: 1, count: 10, from: 'slurm' })
    expect(placed('auto', slurm(0, 0, 10))).toMatchObject({ index: 1, count: 10 })
    expect(placed('/4', slurm(7, 1, 4, 2))).toMatchObject({ index: 4, count: 4 })
    // A task that was sent again alone.
    expect(() => placed('/10', slurm(7, 7, 1))).toThrow(/the array has 1 task/)
    expect(() => placed('auto', { ...slurm(5, 1, 3), SLURM_ARRAY_TASK_MAX: '7' })).toThrow(
      /not evenly spaced/,
    )
    expect(() => placed('auto', { SLURM_ARRAY_TASK_ID: '5' })).toThrow(/no SLURM_ARRAY_TASK_MIN/)
  })

  it('does not ask the environment where it says all, and is refused where nobody says it', () => {
    expect(placeOfShard({ index: 3, count: 10 }, undefined)).toEqual({ index: 3, count: 10, from: 'flag' })
    expect(() => placed('/10', {})).toThrow(/has none/)
    expect(() => placed('/10', { JOB_COMPLETION_INDEX: '1', ...slurm(1, 1, 10) })).toThrow(
      /JOB_COMPLETION_INDEX and SLURM_ARRAY_TASK_ID/,
    )
    expect(() => placed('/10', { JOB_COMPLETION_INDEX: 'one' })).toThrow(/no number/)
  })

  it('excludes what would not be the same in parts', () => {
    const uniform = { weights: 'uniform', durationNs: 1e9 }
    const once = { repeat: 1, commands: 0 }
    expect(() => refuseWithShard(uniform, once)).not.toThrow()
    expect(() => refuseWithShard(uniform, { repeat: 2, commands: 0 })).toThrow(/--repeat/)
    expect(() => refuseWithShard(uniform, { repeat: 1, commands: 1 })).toThrow(/--on/)
    expect(() => refuseWithShard({ weights: 'zipf:1', durationNs: 1e9 }, once)).toThrow(/--rate/)
    expect(() => refuseWithShard({ weights: 'zipf:1', durationNs: 1e9, rateHz: 9 }, once)).not.toThrow()
  })
})

const tuples = (plan: FlowPlan, threads: number): string[] =>
  shareFlows(plan, threads).flatMap((share) =>
    Array.from({ length: share.flows }, (_, i) => {
      const { address, port } = sourceOf(share, i)
      return `${address}:${port}`
    }),
  )

describe('the parts of a plan', () => {
  it('are disjoint and add up to it, also where it cannot be divided evenly', () => {
    for (const [flows, count] of [
      [10_000, 3],
      [10, 10],
      [1_000_003, 997],
    ] as const) {
      const whole = { flows, inFlight: 1024, rateHz: 20_000 }
      const parts = Array.from({ length: count }, (_, i) =>
        partOf(whole, { index: i + 1, count, from: 'flag' }),
      )
      let next = 0
      for (const { shard, flows: own } of parts) {
        expect(shard.firstFlow).toBe(next)
        expect(shard.whole).toEqual(whole)
        expect([Math.floor(flows / count), Math.ceil(flows / count)]).toContain(own)
        next += own
      }
      expect(next).toBe(flows)
      const sum = (key: 'inFlight' | 'rateHz') => parts.reduce((total, part) => total + part[key]!, 0)
      expect(sum('inFlight')).toBe(1024)
      expect(Math.abs(sum('rateHz') / 20_000 - 1)).toBeLessThan(1e-12)
    }
  })

  it('are refused where not each can have one', () => {
    const place = { index: 1, count: 10, from: 'flag' } as const
    expect(() => partOf({ flows: 9, inFlight: 64 }, place)).toThrow(/9 flows cannot be divided into 10/)
    expect(() => partOf({ flows: 100, inFlight: 9 }, place)).toThrow(/9 in flight cannot be divided/)
    expect(() => partOf({ flows: 100, inFlight: 9, rateHz: 1 }, place)).not.toThrow()
  })

  it('have the share of the rate that their flows weigh', () => {
    const weights = Float64Array.from({ length: 10 }, (_, i) => i)
    const parts = [1, 2, 3].map((index) => {
      const part = partOf({ flows: 10, inFlight: 64, rateHz: 450 }, { index, count: 3, from: 'flag' })
      return weightedPart(part, part.shard, weights)
    })
    expect(parts.map(({ weights: own }) => [...own])).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8, 9],
    ])
    expect(parts.map(({ rateHz }) => rateHz)).toEqual([30, 120, 300])
    const part = partOf({ flows: 10, inFlight: 64, rateHz: 450 }, { index: 1, count: 10, from: 'flag' })
    expect(() => weightedPart(part, part.shard, weights)).toThrow(/weigh nothing/)
  })

  it.each([1, 2, 3])('send from the sources that the whole sends from, with %i threads each', (workers) => {
    const count = 3
    const flows = 10_000
    const listed = planFlows({ flows, ports: [20_000, 60_000], seed: 7, firstAddress: '127.0.0.1' })
    const computed = planComputedFlows({
      flows,
      ports: [20_000, 60_000],
      seed: 7,
      workers: workers * count,
      inFlight: 64,
    })
    for (const plan of [listed, computed]) {
      const all = tuples(plan, workers * count)
      const parts = [1, 2, 3].flatMap((index) => tuples({ ...plan, part: { index, count } }, workers))
      expect(parts).toEqual(all)
      expect(new Set(parts).size).toBe(flows)
    }
  })

  it('have flow ids of their own from 0, and candidates of their own for ports in use', () => {
    const plan = planFlows({ flows: 100, ports: [20_000, 20_999], seed: 7, firstAddress: '127.0.0.1' })
    const parts = [1, 2, 3].map((index) => shareFlows({ ...plan, part: { index, count: 3 } }, 2))
    for (const [first, second] of parts) {
      expect(first!.firstFlow).toBe(0)
      expect(second!.firstFlow).toBe(first!.flows)
    }
    const ports = parts.flat().flatMap((share) => ('port' in share ? [...share.port] : []))
    expect(new Set(ports).size).toBe(1000)
  })

  it('are planned by what this host does, and say what all do', () => {
    const facts: HostFacts = {
      cpus: 2,
      ephemeralPorts: [32_768, 60_999],
      openFiles: { limit: 20_000, used: 20 },
    }
    const plan = completePlan({ flows: 40_000, rateHz: 1000 }, facts, { index: 2, count: 10, from: 'slurm' })
    expect(plan).toMatchObject({
      flows: 4000,
      rateHz: 100,
      waves: 1,
      engine: 'io_uring',
      shard: { index: 2, count: 10, from: 'slurm', firstFlow: 4000, whole: { flows: 40_000, rateHz: 1000 } },
    })
  })
})

describe('--start-at', () => {
  const flag = '--start-at'
  const at = (text: string, nowMs: number): number => startTime(parseStart(text, { flag }), nowMs, flag)
  const NOON = Date.UTC(2026, 2, 1, 12)

  it('is a time with its zone, seconds since 1970, or so long from now', () => {
    expect(at('2026-03-01T12:00:00Z', NOON - 1)).toBe(NOON)
    expect(at('2026-03-01T13:00+01:00', NOON - 1)).toBe(NOON)
    expect(at(`${NOON / 1000}`, NOON - 1)).toBe(NOON)
    expect(at(`${NOON / 1000}.25`, NOON - 1)).toBe(NOON + 250)
    expect(at('+10s', NOON)).toBe(NOON + 10_000)
  })

  it('is refused where it is over, too far off, or could be another time elsewhere', () => {
    expect(() => at('2026-03-01T12:00:00Z', NOON + 2500)).toThrow(/is over, by 2\.5 s/)
    expect(() => at('2026-03-03T12:00:00Z', NOON)).toThrow(/more than a day/)
    for (const bad of ['12:00', '2026-03-01T12:00:00', '2026-13-01T12:00:00Z', '10', '10s', '+10', 'now'])
      expect(() => at(bad, NOON)).toThrow(/^--start-at /)
  })
})
