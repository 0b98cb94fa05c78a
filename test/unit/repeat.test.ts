import { describe, expect, it } from 'vitest'
import { EXIT_STATUS } from '../../src/cli/exit-status.js'
import { RpbenchError } from '../../src/errors.js'
import { churnExperiment } from '../../src/experiment/churn.js'
import { repeatExperiment, type RepeatOptions } from '../../src/experiment/repeat.js'
import { runExperiment, type RunOptions } from '../../src/experiment/run.js'
import { planChanges } from '../../src/plan/change-plan.js'
import { repetitionOf } from '../../src/plan/repetition.js'
import { repetitionsCsv } from '../../src/report/repeat/csv.js'
import { renderRepeatText } from '../../src/report/repeat/text.js'
import { repeatResult, type RepeatResult } from '../../src/result/repeat-result.js'
import type { RunResult } from '../../src/result/run-result.js'
import { KERNEL_RULE } from './fake-group.js'
import { fakeTestbed, onFake } from './fake-testbed.js'
import { planOf } from './sample-facts.js'

const MS = 1e6
const REQUEST = { procs: 4, flows: 2000, durationNs: 15 * MS, warmupNs: 5 * MS, inFlight: 200 }
const PLAIN = { color: false, unicode: true, columns: 100 }

const measureRun = async (options: RunOptions): Promise<RunResult> => (await runExperiment(options)).result

/** Repeats on fake testbeds, a fresh one each time. */
function repeat(
  times: number,
  changes: Partial<RepeatOptions> = {},
  measure: (options: RunOptions, made: number) => Promise<RunResult> = measureRun,
  request = REQUEST,
): Promise<RepeatResult> {
  const { traffic: _traffic, testbed: _testbed, ...options } = onFake(request, fakeTestbed())
  let made = 0
  return repeatExperiment({
    ...options,
    repeat: times,
    repeated: { of: 'run', measure: (one) => measure({ ...one, testbed: fakeTestbed() }, made++) },
    onRepetition: async () => {},
    ...changes,
  })
}

describe('a plan that is repeated', () => {
  it('is another draw each time: seeds, and sources that no other has', () => {
    const plan = planOf({ seed: 2 ** 31 - 2 })
    expect([0, 1, 2].map((i) => repetitionOf(plan, i))).toMatchObject([
      { plan: { seed: 2 ** 31 - 2 }, draw: { seed: plan.seed, index: 0 } },
      { plan: { seed: 2 ** 31 - 1 }, draw: { seed: plan.seed, index: 1 } },
      { plan: { seed: 0 }, draw: { seed: plan.seed, index: 2 } },
    ])
  })

  it('says nothing of the balance of one member', async () => {
    const result = await repeat(2, {}, measureRun, { ...REQUEST, procs: 1 })
    expect(repeatResult.parse(result)).toEqual(result)
    expect(result.claims!.map(({ id }) => id)).toEqual(['affinity'])
    expect(renderRepeatText(result, PLAIN)).toContain('2 repetitions')
  })

  it('gives every repetition whole, and what they say together', async () => {
    const result = await repeat(6)
    expect(repeatResult.parse(result)).toEqual(result)
    expect(result.stopped).toBeUndefined()
    expect(result.repetitions.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6])
    const runs = result.repetitions.map(({ run }) => run!)
    expect(new Set(runs.map(({ balance }) => String(balance!.flowsPerMember))).size).toBeGreaterThan(1)
    const [affinity, balance] = result.claims!
    expect(affinity).toMatchObject({
      id: 'affinity',
      verdict: 'holds',
      evidence: { flows: 12_000, moved: 0 },
    })
    expect(balance).toMatchObject({ id: 'balance', evidence: { pooled: { degreesOfFreedom: 18 } } })
    if (balance?.id !== 'balance') throw new Error('no balance')
    // χ² of independent draws add up (Cochran 1954).
    expect(balance.evidence!.pooled.chiSquare).toBeCloseTo(
      runs.reduce((sum, run) => sum + run.balance!.chiSquare, 0),
      10,
    )
    expect(EXIT_STATUS.repeat(result)).toBe(0)
    const rates = runs.map(({ throughput }) => throughput.roundTripsPerSecond).toSorted((a, b) => a - b)
    expect(result.figures.find(({ metric }) => metric === 'rate.roundTrips')).toEqual({
      metric: 'rate.roundTrips',
      n: 6,
      median: (rates[2]! + rates[3]!) / 2,
      min: rates[0],
      max: rates[5],
      interval: { lower: rates[0], upper: rates[5], coverage: expect.closeTo(0.96875, 10) as number },
    })
    expect(result.figures.map(({ metric }) => metric)).not.toContain('capacity.rate')
  })

  it('goes on after one that failed, which counts in no figure', async () => {
    const result = await repeat(3, {}, (options, made) => {
      if (made === 1) throw new RpbenchError('RPB_ADDRESS', 'No such port.')
      return measureRun(options)
    })
    expect(result.repetitions[1]).toMatchObject({ index: 1, error: { message: 'No such port.' } })
    expect(result.claims![0]).toMatchObject({ evidence: { flows: 4000 } })
    expect(EXIT_STATUS.repeat(result)).toBe(0)
    expect(renderRepeatText(result, PLAIN)).toContain('No such port.')
  })

  it('ends with 1 where none could be made', async () => {
    const result = await repeat(2, {}, () => {
      throw new RpbenchError('RPB_ADDRESS', 'No such port.')
    })
    expect(EXIT_STATUS.repeat(result)).toBe(1)
  })

  it('keeps an interrupted repetition as far as it came, and pools only whole ones', async () => {
    const controller = new AbortController()
    const result = await repeat(5, { signal: controller.signal }, (options, made) => {
      const testbed = fakeTestbed(KERNEL_RULE, ({ clock }) => {
        if (made === 2) clock.at(12 * MS, () => controller.abort())
      })
      return measureRun({ ...options, testbed })
    })
    expect(result).toMatchObject({ stopped: 'interrupted', repeat: 5 })
    expect(result.repetitions.map(({ run }) => run!.stopped)).toEqual([undefined, undefined, 'interrupted'])
    expect(result.claims![0]).toMatchObject({ verdict: 'cannot tell', evidence: { flows: 4000 } })
    expect(EXIT_STATUS.repeat(result)).toBe(130)
  })

  it('can be kept after each repetition, marked as not at its end', async () => {
    const kept: (string | undefined)[] = []
    await repeat(3, { onRepetition: async ({ stopped }) => void kept.push(stopped) })
    expect(kept).toEqual(['interrupted', 'interrupted'])
  })

  it('says how many repetitions have sources of their own, where a port is given', async () => {
    const { plan } = onFake({ ...REQUEST, port: 9000, sourcePorts: [20_000, 24_999] }, fakeTestbed())
    const result = await repeat(4, { plan })
    expect(result.independentRepetitions).toBe(2)
    expect(renderRepeatText(result, PLAIN)).toContain('only 2 of them have sources of their own')
  })
})

describe('changes that are repeated', () => {
  it('are held against the model together', async () => {
    const { inFlight: _inFlight, ...load } = REQUEST
    const request = { ...load, flows: 1000, rateHz: 20_000, durationNs: 800 * MS }
    const { plan, traffic: _traffic, testbed: _testbed, ...options } = onFake(request, fakeTestbed())
    const changes = planChanges(plan.procs, [{ atNs: 400 * MS, change: { kind: 'add' } }], '--change')
    const result = await repeatExperiment({
      ...options,
      plan,
      repeat: 3,
      repeated: {
        of: 'churn',
        measure: (one) => churnExperiment({ ...one, changes, testbed: fakeTestbed() }),
      },
      onRepetition: async () => {},
    })
    expect(repeatResult.parse(result)).toEqual(result)
    expect(result.changes).toMatchObject([{ change: 'add', seen: 3, asPredicted: 3, differs: 0 }])
    expect(result.changes![0]!.uniformity!.pValue).toBeGreaterThan(1e-6)
    const text = renderRepeatText(result, PLAIN)
    expect(text).toContain('as predicted in 3 of 3')
    expect(text).toMatch(/^rpbench churn/)
  })
})

describe('the report of repetitions', async () => {
  const three = await repeat(3)

  it.each([30, 40, 80, 120])('fits %d columns', (columns) => {
    const lines = renderRepeatText(three, { ...PLAIN, columns }).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
  })

  it('has a row for each in its CSV', () => {
    const rows = repetitionsCsv(three).trimEnd().split('\n')
    expect(rows).toHaveLength(4)
    const cells = rows.map((row) => row.split(','))
    const [outcome, pValue] = ['outcome', 'p'].map((name) => cells[0]!.indexOf(name))
    expect(cells.slice(1).map((row) => row[outcome!])).not.toContain('')
    for (const row of cells.slice(1)) expect(Number(row[pValue!])).toBeGreaterThan(0)
  })
})
