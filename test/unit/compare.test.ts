import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compareMetrics, verdictOverAll } from '../../src/analysis/compare/compare-metrics.js'
import { planDifferences } from '../../src/analysis/compare/differences.js'
import type { MetricValues } from '../../src/analysis/compare/compare-metric.js'
import { assembleCompare, type CompareSide } from '../../src/assembly/compare.js'
import { pairsFromFlags } from '../../src/cli/compare-runs.js'
import { compareSets, type CompareRequest } from '../../src/api/compare.js'
import { EXIT_STATUS } from '../../src/cli/exit-status.js'
import { readResultSet } from '../../src/files/result-set.js'
import {
  canBeSignificant,
  DESIGNS,
  leastRepetitions,
  parseMetrics,
  refuseTooFew,
  usualMetrics,
  type Design,
} from '../../src/plan/comparison.js'
import type { MetricName } from '../../src/plan/metrics/table.js'
import { renderCompareText } from '../../src/report/compare/text.js'
import { compareResult, type ComparedMetric, type CompareResult } from '../../src/result/compare-result.js'
import { headlineOf } from '../../src/result/headline.js'
import type { RunResult } from '../../src/result/run-result.js'
import { parseResultOf } from '../../src/result/saved-result.js'
import { binomialAtMost } from '../../src/stats/binomial.js'
import { uniforms } from '../../src/stats/random.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { refusalOf } from './refusal-of.js'
import { sampleLatency, sampleResult } from './sample-result.js'

const METRICS = [
  'rate.roundTrips',
  'latency.service.p50',
  'latency.service.p99',
  'loss.share',
  'balance.maxOverMean',
] as const satisfies MetricName[]

const random = uniforms(20)
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Repetitions of a side: a good and a bad one move all metrics together, as the state of a host does; each factor is of one metric. */
function side(n: number, factors: Partial<Record<MetricName, number>> = {}, scatter = 0.05): number[][] {
  const hosts = Array.from({ length: n }, () => normal() * scatter)
  return METRICS.map((metric) =>
    hosts.map((host) => {
      const value = Math.exp(host + normal() * scatter) * (factors[metric] ?? 1)
      // Most runs lose nothing.
      return metric === 'loss.share' ? Math.max(0, value - 1.05) / 100 : value
    }),
  )
}

const compared = (
  base: number[][],
  next: number[][],
  design: Design = 'unpaired',
  bound = 0.05,
): ComparedMetric[] =>
  compareMetrics(
    METRICS.map((metric, i): MetricValues => ({ metric, base: base[i]!, next: next[i]! })),
    { design, bound },
  )

/** More than this comes of chance once in a million times, where each case has the chance `alpha`. */
function mostByChance(cases: number, alpha: number): number {
  let count = 0
  while (1 - binomialAtMost(count, cases, alpha) > 1e-6) count++
  return count
}

describe('two sides alike', () => {
  it.each(DESIGNS)('differ, %s, in no more comparisons than they may', (design) => {
    const cases = 200
    let [any, wrong] = [0, 0]
    for (let i = 0; i < cases; i++) {
      const n = 8 + (i % 5)
      const metrics = compared(side(n), side(n), design)
      any += Number(metrics.some(({ significant }) => significant))
      wrong += Number(['worse', 'better'].includes(verdictOverAll(metrics)))
    }
    // Ranks come in steps, so that the true rate is below alpha, never above.
    const most = mostByChance(cases, 0.05)
    expect(most).toBeLessThan(32)
    expect(any).toBeLessThanOrEqual(most)
    expect(wrong).toBeLessThanOrEqual(any)
  })

  it('are no worse where they hardly scatter, and cannot be told where they do', () => {
    const still = compared(side(10, {}, 0.002), side(10, {}, 0.002))
    expect(verdictOverAll(still)).toBe('no worse')
    const loud = compared(side(10, {}, 0.5), side(10, {}, 0.5))
    expect(verdictOverAll(loud)).toBe('cannot tell')
    const open = loud.find(({ verdict }) => verdict === 'cannot tell')!
    expect(open.detectable).toBeGreaterThan(0.3)
    expect(open.neededRepetitions).toBeGreaterThan(100)
  })
})

describe('a side that is 20 % slower', () => {
  const slower = { 'latency.service.p99': 1.2 }

  it.each(DESIGNS)('is found, %s, with the size of it', (design) => {
    const metrics = compared(side(12, {}, 0.02), side(12, slower, 0.02), design)
    const p99 = metrics.find(({ metric }) => metric === 'latency.service.p99')!
    expect(p99).toMatchObject({ verdict: 'worse', significant: true, effect: 'ratio', better: 'lower' })
    expect(p99.change.lower).toBeGreaterThan(1.1)
    expect(p99.change.upper).toBeLessThan(1.3)
    expect(verdictOverAll(metrics)).toBe('worse')
    expect(metrics.filter(({ verdict }) => verdict === 'worse')).toHaveLength(1)
  })

  it('is within a bound of 50 %', () => {
    const metrics = compared(side(12, {}, 0.02), side(12, slower, 0.02), 'unpaired', 0.5)
    expect(metrics.find(({ metric }) => metric === 'latency.service.p99')).toMatchObject({
      verdict: 'no worse',
      significant: true,
    })
    expect(verdictOverAll(metrics)).toBe('no worse')
  })

  it('is better for a rate, and is found as that from the other end', () => {
    const metrics = compared(side(12, {}, 0.02), side(12, { 'rate.roundTrips': 1.2 }, 0.02))
    expect(metrics[0]).toMatchObject({ metric: 'rate.roundTrips', verdict: 'better' })
  })
})

describe('the other order', () => {
  it.each(DESIGNS)('gives the mirror image, %s', (design) => {
    const mirror = { better: 'worse', worse: 'better' } as Readonly<Record<string, string>>
    const seen = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const factors = { 'latency.service.p50': 1 + (i % 4) / 10, 'rate.roundTrips': 1 - (i % 3) / 10 }
      const [base, next] = [side(8, {}, 0.03), side(8, factors, 0.03)]
      const [there, back] = [compared(base, next, design), compared(next, base, design)]
      for (const [j, metric] of there.entries()) {
        const other = back[j]!
        seen.add(metric.verdict).add(other.verdict)
        expect(other.pValue).toBeCloseTo(metric.pValue, 12)
        expect(other.adjustedPValue).toBeCloseTo(metric.adjustedPValue, 12)
        expect(other.bound).toBeCloseTo(metric.bound, 12)
        expect(other.detectable).toBeCloseTo(metric.detectable!, 9)
        const turned = (value: number): number => (metric.effect === 'ratio' ? 1 / value : -value)
        expect(turned(other.change.value)).toBeCloseTo(metric.change.value, 9)
        expect(turned(other.change.upper!)).toBeCloseTo(metric.change.lower!, 9)
        const verdicts = [metric.verdict, other.verdict]
        expect(verdicts.some((one) => one in mirror)).toBe(verdicts.every((one) => one in mirror))
        expect(mirror[metric.verdict] ?? other.verdict).toBe(other.verdict)
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining(['better', 'worse']))
  })
})

it('interval, adjusted p-value and verdict never contradict each other', () => {
  const widened: number[] = []
  for (let i = 0; i < 60; i++) {
    const factors = { 'latency.service.p50': 1 + (i % 6) / 100, 'latency.service.p99': 1 + (i % 7) / 60 }
    for (const metric of compared(side(9, {}, 0.04), side(9, factors, 0.04), DESIGNS[i % 2])) {
      const none = metric.effect === 'ratio' ? 1 : 0
      const { lower = -Infinity, upper = Infinity, confidence } = metric.change
      const excluded = lower > none || upper < none
      const atEnd = lower === none || upper === none
      expect(metric.significant).toBe(metric.adjustedPValue <= 0.05)
      expect(excluded || (metric.significant && atEnd)).toBe(metric.significant)
      expect(confidence).toBeGreaterThanOrEqual(0.95 - 1e-12)
      expect(metric.significant || !['better', 'worse'].includes(metric.verdict)).toBe(true)
      if (confidence > 0.951) widened.push(confidence)
    }
  }
  expect(widened.length).toBeGreaterThan(0)
})

describe('how many repetitions it takes', () => {
  // 2 / C(10, 5) = 0.0079 and 2 / 2^8 = 0.0078: by hand.
  it.each([
    ['unpaired', 7, 6],
    ['unpaired', 5, 5],
    ['unpaired', 1, 4],
    ['paired', 5, 8],
    ['paired', 1, 6],
  ] as const)('%s, with %d metrics, is %d', (design, metrics, needed) =>
    expect(leastRepetitions(design, metrics)).toBe(needed),
  )

  it('is said where there are fewer', () => {
    expect(canBeSignificant('unpaired', 5, 5, 7)).toBe(false)
    expect(refusalOf(() => refuseTooFew('unpaired', 5, 5, 7))).toMatch(
      /^5 against 5 results cannot show any difference in 7 metrics, .*: it takes 6 on each side; .*6 metrics at most/,
    )
    expect(refusalOf(() => refuseTooFew('paired', 3, 3, 1))).toMatch(
      /^3 pairs cannot .*it takes 6 pairs; repeat more often\.$/,
    )
    refuseTooFew('unpaired', 5, 5, 6)
    refuseTooFew('unpaired', 3, 40, 1)
  })
})

describe('the metrics', () => {
  it('are few where none is named, by what the runs have', () => {
    expect(usualMetrics('run', false)).toEqual(METRICS)
    expect(usualMetrics('churn', true)).toContain('latency.response.p99')
    expect(usualMetrics('churn', true)).toContain('changes.movedShare')
  })

  it.each([
    ['latency.p99', 'did you mean latency.response.p99?'],
    ['books.lost', 'a count says nothing without what it is of; the nearest that can be is loss.share'],
    ['balance.pValue', 'neither direction of it is better'],
  ])('%s is refused', (name, sentence) =>
    expect(refusalOf(() => parseMetrics([name], '--metric'))).toContain(sentence),
  )

  it('may be repeated, or stand in one list', () =>
    expect(parseMetrics(['loss.share, cpu.client', 'loss.share'], '--metric')).toEqual([
      'loss.share',
      'cpu.client',
    ]))
})

/** A run whose figures are so many times those of the sample. */
function run(index: number, slowdown = 1, changes: Partial<RunResult> = {}): RunResult {
  const sample = sampleResult()
  const times = slowdown * (1 + index / 1000)
  return {
    ...sample,
    startedAt: new Date(Date.parse(sample.startedAt) + index * 60_000).toISOString(),
    durationNs: sample.durationNs + Math.round(slowdown * 1000) + index,
    plan: { ...sample.plan, effective: { ...sample.plan.effective, seed: index } },
    latency: { service: sampleLatency(750_000, Math.round(312_000 * times)) },
    throughput: { roundTripsPerSecond: 150_000 / times, achievedPerSecond: 150_000 / times },
    ...changes,
  }
}

const INVALID: RunResult['validity'] = {
  verdict: 'invalid',
  findings: [{ code: 'throttled', severity: 'invalid', message: 'The cgroup was throttled.' }],
  checks: [],
}

let root: string
useTemporaryDirectory((path) => (root = path))

function save(folder: string, results: readonly unknown[]): string {
  mkdirSync(join(root, folder))
  for (const [i, result] of results.entries())
    writeFileSync(
      join(root, folder, `${i}.json`),
      typeof result === 'string' ? result : JSON.stringify(result),
    )
  return join(root, folder)
}

const runs = (n: number, slowdown = 1, changes: Partial<RunResult> = {}): RunResult[] =>
  Array.from({ length: n }, (_, i) => run(i, slowdown, changes))

const otherPlan = (): RunResult[] =>
  runs(6, 1.2).map((one) => ({
    ...one,
    plan: { ...one.plan, effective: { ...one.plan.effective, inFlight: 128 } },
  }))

const REQUEST: CompareRequest = {
  bound: 0.05,
  repeat: 10,
  metrics: undefined,
  runs: [],
  allowDifferentPlans: false,
}

const compareFolders = async (
  base: string,
  next: string,
  changes: Partial<CompareRequest> = {},
): Promise<CompareResult> =>
  compareSets([await readResultSet(base), await readResultSet(next)], { ...REQUEST, ...changes })

describe('saved results', () => {
  it('are compared, and the result can be read again', async () => {
    const result = await compareFolders(save('base', runs(6)), save('new', runs(6, 1.2)))
    expect(compareResult.parse(result)).toEqual(result)
    expect(result).toMatchObject({
      verdict: 'worse',
      design: 'unpaired',
      of: 'run',
      differences: { plan: [], host: [] },
    })
    expect(result.metrics.map(({ metric, verdict }) => [metric, verdict])).toEqual([
      ['rate.roundTrips', 'worse'],
      ['latency.service.p50', 'worse'],
      ['latency.service.p99', 'worse'],
      ['loss.share', 'no worse'],
      ['balance.maxOverMean', 'no worse'],
    ])
    expect(result.metrics[1]!.change.value).toBeCloseTo(1.2, 5)
    expect(EXIT_STATUS.compare(result)).toBe(99)
    const text = JSON.stringify(result)
    expect(await parseResultOf('compare', text, 'it')).toEqual(result)
    expect(headlineOf('c.json', text)).toMatchObject({ kind: 'compare', verdict: 'worse' })
  })

  it('of a folder leave what is no result of this kind alone, and name it', async () => {
    const base = save('base', ['no JSON', ...runs(6), { ...run(9), schema: 'rpbench/predict@1' }])
    const { results, skipped } = await readResultSet(base)
    expect(results).toHaveLength(6)
    expect(skipped.map(({ why }) => why)).toEqual([
      'it is not JSON; it may be cut',
      'it is no saved result of rpbench',
    ])
    expect((await readResultSet(join(base, '[0-9].json')).catch(String)) as string).toContain(
      'cannot be read',
    )
    expect((await readResultSet(join(base, '?.json'))).results).toHaveLength(6)
    expect((await readResultSet(join(base, '3*'))).results).toHaveLength(1)
  })

  it('that are no measurement count in no figure, and keep the status from being good', async () => {
    const bad = [...runs(7), run(8, 100, { validity: INVALID })]
    const result = await compareFolders(save('base', runs(7, 1.001)), save('new', bad))
    expect(result.verdict).toBe('no worse')
    expect(result.new).toMatchObject({
      results: 8,
      used: 7,
      leftOut: [{ outcome: 'invalid', why: 'The cgroup was throttled.' }],
    })
    expect(EXIT_STATUS.compare(result)).toBe(3)
    expect(renderCompareText(result, { columns: 100, color: false })).toContain('The cgroup was throttled.')
  })

  it('name each difference of the hosts', async () => {
    const { host } = sampleResult()
    const elsewhere = runs(6, 1.3, { host: { ...host, kernel: '6.18.0', cpus: 16, node: 'v20.20.2' } })
    const { differences } = await compareFolders(save('base', runs(6)), save('new', elsewhere))
    expect(differences.host).toEqual([
      { field: 'kernel', base: '6.8.0-45-generic', new: '6.18.0' },
      { field: 'cpus', base: '8', new: '16' },
      { field: 'node', base: 'v24.9.0', new: 'v20.20.2' },
    ])
  })

  it('explain a difference of hosts by what is set there, and by what was measured of them', async () => {
    const { host, validity } = sampleResult()
    const ports = { id: 'ephemeral-ports', status: 'ok' as const, observed: 'many' }
    const at = (engine: 'ok' | 'warn', ...steal: number[]): RunResult[] =>
      runs(6, engine === 'ok' ? 1 : 1.3).map((result, i) => ({
        ...result,
        host: {
          ...host,
          traits: [ports, { id: 'io-uring', status: engine, observed: `io_uring ${engine}` }],
        },
        validity: {
          ...validity,
          checks: [
            { code: 'steal', measured: steal[i % steal.length]!, limit: 0.02, passed: true },
            { code: 'busy-neighbour', measured: i / 100, limit: 0.1, passed: true },
          ],
        },
      }))
    const stolen = save('stolen', at('warn', 0, 0.015, 0.12))
    const kept = save('kept', at('ok', 0, 0.01, 0.02))
    expect((await compareFolders(kept, stolen)).differences.host).toEqual([
      { field: 'io-uring', base: 'io_uring ok', new: 'io_uring warn' },
      // Within its limit on both sides, what other processes used is not told.
      { field: 'steal', base: '0.0 % to 2.0 %', new: '0.0 % to 12.0 %' },
    ])
    // Results of versions that did not look say nothing of it.
    const before = save(
      'before',
      runs(6).map((one) => ({ ...one, validity: { ...one.validity, checks: [] } })),
    )
    expect((await compareFolders(before, stolen)).differences.host).toEqual([])
  })

  it.each([
    [
      'of different plans',
      () => [runs(6), otherPlan()],
      /^The plans differ in --in-flight \(64 and 128\): .*--allow-different-plans\.$/,
    ],
    ['that are no repetitions', () => [[...runs(6), otherPlan()[0]!], runs(6, 2)], /differ in --in-flight/],
    [
      'that are the same',
      () => [runs(6), runs(6)],
      /0\.json and .*0\.json are the same result: each counts once/,
    ],
    [
      'that are too few',
      () => [runs(3), runs(3, 2)],
      /^3 against 3 results cannot show any difference in 5 metrics, .*: it takes 5 on each side/,
    ],
  ] as const)('%s are refused', async (_, sides, sentence) => {
    const [base, next] = sides()
    const [from, to] = [save('base', base!), save('new', next!)]
    await expect(compareFolders(from, to)).rejects.toMatchObject({
      code: 'RPB_USAGE',
      message: expect.stringMatching(sentence) as string,
    })
  })

  it('cannot be told where a metric is missing that was asked for, or that only one side has', async () => {
    const [base, next] = [save('base', runs(6)), save('new', runs(6, 1.001))]
    const asked = await compareFolders(base, next, {
      metrics: parseMetrics(['latency.service.p50', 'cpu.client'], ''),
    })
    expect(asked).toMatchObject({
      verdict: 'cannot tell',
      notCompared: [{ metric: 'cpu.client', lackedBy: 'both' }],
    })
    expect(EXIT_STATUS.compare(asked)).toBe(3)
    const lacking = runs(6, 1.002).map((one) => ({ ...one, balance: undefined }))
    const half = await compareFolders(base, save('half', lacking))
    expect(half).toMatchObject({ verdict: 'cannot tell', notCompared: [{ lackedBy: 'new' }] })
    expect(renderCompareText(half, { columns: 100, color: false })).toContain(
      'balance.maxOverMean: not measured on the new side: no flow was answered',
    )
  })

  it('of an older version lack parameters that nobody asked for, which is no difference', async () => {
    const older = runs(6).map((one) => {
      const { payloadBytes: _payloadBytes, ...effective } = one.plan.effective
      return { ...one, plan: { ...one.plan, effective } }
    })
    expect(planDifferences(older[0]!.plan, run(0).plan)).toEqual([])
    const asked = { ...run(0).plan, supplied: { payload: '64' } }
    expect(planDifferences(older[0]!.plan, asked)).toEqual([
      { flag: '--payload', base: 'not set', new: '64' },
    ])
  })

  it('of different plans are compared where that is allowed', async () => {
    const result = await compareFolders(save('base', runs(6)), save('new', otherPlan()), {
      allowDifferentPlans: true,
    })
    expect(result.differences.plan).toEqual([{ flag: '--in-flight', base: '64', new: '128' }])
  })
})

const asSide = (name: string, results: RunResult[]): CompareSide => ({
  name,
  results: results.map((result, i) => ({ source: `${name}#${i + 1}`, result })),
  skipped: [],
  plan: results[0]!.plan,
  host: results[0]!.host,
  toolVersion: '0.1.0',
})

const REFERENCE = fileURLToPath(new URL('../../results/reference/', import.meta.url))

it.each([
  ['run.json', 'churn-hash.json', /has results of run, and .* of churn/],
  ['churn-hash.json', 'churn-sticky.json', /^The plans differ in --steering \(hash and sticky\)/],
  ['run.json', 'verify.json', /verify\.json is a result of rpbench\/verify@1: compare takes/],
  ['run.json', '../README.md', /README\.md is not JSON/],
])('%s and %s are refused', async (base, next, sentence) =>
  expect(compareFolders(REFERENCE + base, REFERENCE + next)).rejects.toMatchObject({
    message: expect.stringMatching(sentence) as string,
  }),
)

it.each([
  [['-p 2'], {}, /--run is given twice, .*; it was given once\.$/],
  [['-p 2', "-p '2"], {}, /a quote is not closed\.$/],
  [['-p 2', '-p 2 --repeat 3'], {}, /give --repeat to compare itself/],
  [
    ['-p 2', '-r 1k'],
    { metrics: parseMetrics(['latency.response.p50'], '') },
    /is measured in an open loop only: give --rate/,
  ],
])('runs with %j and %j are refused', async (flags, changes, sentence) =>
  expect(pairsFromFlags({ ...REQUEST, ...changes, runs: flags })).rejects.toMatchObject({
    code: 'RPB_USAGE',
    message: expect.stringMatching(sentence) as string,
  }),
)

describe('the report of a comparison', async () => {
  const result = assembleCompare({
    toolVersion: '0.1.0',
    startedAt: '2026-11-22T10:13:00.000Z',
    of: 'run',
    design: 'paired',
    bound: 0.05,
    metrics: [...METRICS, 'cpu.client'],
    named: false,
    base: asSide('base', runs(9)),
    next: asSide('new', [...runs(8, 1.2), run(9, 1, { validity: INVALID })]),
    firsts: Array.from({ length: 9 }, (_, i) => (i % 2 === 0 ? 'base' : 'new')),
  })

  it('says the answer first', () => {
    expect(compareResult.parse(result)).toEqual(result)
    const text = renderCompareText(result, { columns: 100, color: false })
    expect(text).toMatch(/^rpbench compare {3}run · bound 5 %[^]*\n\n verdict {3}worse /)
    expect(text).toContain('latency.service.p50 +20 % (95 %: +')
    expect(text).toContain('cpu.client: not measured: there was no round trip')
    expect(result.pairs!.filter(({ used }) => used)).toHaveLength(8)
    expect(result.metrics[0]!.base.values).toHaveLength(8)
  })

  it.each([30, 40, 71, 80, 120])('fits %d columns', (columns) => {
    const lines = renderCompareText(result, { columns, color: false }).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
  })
})
