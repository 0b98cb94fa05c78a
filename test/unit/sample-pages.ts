import { readFileSync } from 'node:fs'
import { predictChange, predictSpreadOf } from '../../src/analysis/prediction/prediction.js'
import { assembleCompare, type CompareSide, usualMetricsOf } from '../../src/assembly/compare.js'
import { runExperiment } from '../../src/experiment/run.js'
import { repeatExperiment } from '../../src/experiment/repeat.js'
import type { SavedResult } from '../../src/result/saved-result.js'
import type { RepeatResult } from '../../src/result/repeat-result.js'
import type { IntervalResult, RunResult } from '../../src/result/run-result.js'
import type { Capacity, SweepResult } from '../../src/result/sweep-result.js'
import { encodeHistogram } from '../../src/stats/hdr-encoding.js'
import { Histogram } from '../../src/stats/histogram.js'
import { uniforms } from '../../src/stats/random.js'
import { fakeTestbed, onFake } from './fake-testbed.js'
import { sampleChurn } from './sample-churn.js'
import { sampleLatency, sampleMember, sampleResult } from './sample-result.js'
import { sampleSweep } from './sample-sweep.js'
import { PREDICT_SCHEMA } from '../../src/result/schema-names.js'

/** What nobody should write into a page, and what users may. */
export const NASTY = `</script><img src=x onerror="document.title='broken'"> & <b>bold</b> "naïve" 'ok' \u{202E}`

/** Times of requests with a tail, of a member. */
function histogramOf(seed: number, count: number) {
  const random = uniforms(seed)
  const histogram = new Histogram()
  for (let i = 0; i < count; i++) histogram.record(Math.round(50_000 - 120_000 * Math.log(1 - random())))
  const { min, sum, max } = histogram
  return { count, minNs: min, meanNs: sum / count, maxNs: max, hdr: encodeHistogram(histogram.data) }
}

/** A run with its histograms, of so many members. */
export function runOfMembers(count: number, changes: Partial<RunResult> = {}): RunResult {
  const random = uniforms(count)
  const members = Array.from({ length: count }, (_, index) =>
    sampleMember(index, 2400 + Math.round(200 * random())),
  )
  return sampleResult({
    members,
    histograms: {
      startedAt: '2026-11-22T10:13:01.000Z',
      members: members.map(({ index }) => ({ index, service: histogramOf(index, 2000) })),
      all: {},
    },
    ...changes,
  })
}

/** So many seconds of a run, of which the second has a change, and drops. */
export function intervalsOf(seconds: number, members: number): IntervalResult[] {
  const random = uniforms(seconds)
  return Array.from({ length: seconds }, (_, i) => ({
    fromNs: i * 1e9,
    toNs: (i + 1) * 1e9,
    phase: 'load' as const,
    sent: 20_000,
    replied: 19_900,
    late: 0,
    givenUp: i === 1 ? 100 : 0,
    achievedPerSecond: 20_000,
    roundTripsPerSecond: 19_500 + 1000 * random(),
    drops: i === 1 ? 100 : 0,
    members: Array.from({ length: members }, (_unused, member) => ({
      member,
      generation: 0,
      taken: Math.round((20_000 / members) * (0.9 + 0.2 * random())),
      drops: 0,
    })),
    maxOverMean: 1 + random() / 10,
    latency: { service: sampleLatency(19_900, 200_000 + 100_000 * random()) },
    marks: i === 1 ? [{ kind: 'change' as const, atNs: 1.2e9, change: 'add' }] : [],
  }))
}

export const THRESHOLDS: NonNullable<RunResult['thresholds']> = [
  {
    expression: 'latency.service.p99<2ms',
    metric: 'latency.service.p99',
    operator: '<',
    limit: 2e6,
    unit: 'ns',
    outcome: 'pass',
    observed: 1_101_000,
    n: 750_000,
    of: 'requests',
    low: 1_090_000,
    high: 1_120_000,
    results: 1,
  },
  {
    expression: 'balance.maxOverMean<1.01',
    metric: 'balance.maxOverMean',
    operator: '<',
    limit: 1.01,
    unit: 'ratio',
    outcome: 'fail',
    observed: 1.0132,
    results: 1,
  },
  {
    expression: 'rate.roundTrips>1k/s',
    metric: 'rate.roundTrips',
    operator: '>',
    limit: 1000,
    unit: '1/s',
    outcome: 'cannot tell',
    reason: 'too few requests',
    results: 1,
  },
]

/** Runs on fakes, repeated. */
export function sampleRepeat(times: number): Promise<RepeatResult> {
  const request = { procs: 4, flows: 2000, durationNs: 15e6, warmupNs: 5e6, inFlight: 200 }
  const { traffic: _traffic, testbed: _testbed, ...options } = onFake(request, fakeTestbed())
  return repeatExperiment({
    ...options,
    repeat: times,
    repeated: {
      of: 'run',
      measure: async (one) => (await runExperiment({ ...one, testbed: fakeTestbed() })).result,
    },
    onRepetition: async () => {},
  })
}

const capacity = (point: number, procs: string, lowerHz: number): Capacity => ({
  point,
  flags: { procs },
  regular: true,
  stop: 'goal-width',
  lowerHz,
  upperHz: lowerHz * 1.05,
  conditionalThroughputHz: lowerHz,
  trials: 12,
})

/** A sweep that searched capacities. */
export function sampleSearch(): SweepResult {
  const sweep = sampleSweep()
  const searched = [
    { ...sweep.points[0]!, index: 0, flags: { procs: '1' } },
    { ...sweep.points[3]!, index: 1, flags: { procs: '2' } },
  ]
  return {
    ...sweep,
    plan: { ...sweep.plan, axes: [{ flag: 'procs', values: ['1', '2'] }] },
    points: searched,
    capacity: [capacity(0, '1', 10_000), capacity(1, '2', 19_000)],
  }
}

const reference = (name: string): SavedResult =>
  JSON.parse(
    readFileSync(new URL(`../../results/reference/${name}.json`, import.meta.url), 'utf8'),
  ) as SavedResult

const predicted = {
  schema: PREDICT_SCHEMA,
  tool: { name: 'rpbench', version: '0.1.0' },
  startedAt: '2026-11-22T10:13:00.000Z',
  kernel: '6.18.44',
} as const

/** A side of a comparison: runs of which each is a little slower than the one before. */
function sideOf(name: string, slowdown: number): CompareSide {
  const results = Array.from({ length: 8 }, (_, i) => {
    const times = slowdown * (1 + i / 100)
    const result = sampleResult({
      latency: { service: sampleLatency(750_000, Math.round(312_000 * times)) },
      throughput: { roundTripsPerSecond: 150_000 / times, achievedPerSecond: 150_000 / times },
    })
    return { source: `${name}.json#${i + 1}`, result }
  })
  const { plan, host, tool } = results[0]!.result
  return { name, results, skipped: [], plan, host, toolVersion: tool.version }
}

const compared = (slowdown: number): SavedResult =>
  assembleCompare({
    toolVersion: '0.1.0',
    startedAt: '2026-11-22T10:13:00.000Z',
    of: 'run',
    design: 'unpaired',
    bound: 0.05,
    metrics: usualMetricsOf('run', [planned]),
    named: false,
    base: sideOf('base', 1),
    next: sideOf(NASTY, slowdown),
  })

const planned = sampleResult().plan

/** A result of every kind, and those that make a page look otherwise. */
export const SAMPLES: Readonly<Record<string, () => SavedResult | Promise<SavedResult>>> = {
  run: () => runOfMembers(4, { thresholds: THRESHOLDS, intervals: intervalsOf(12, 4), label: NASTY }),
  'run of 64 members': () => runOfMembers(64, { intervals: intervalsOf(20, 64) }),
  'run of one member': () => runOfMembers(1),
  'run without histograms': () => reference('run'),
  'run without a reply': () => {
    const { balance: _balance, latency: _latency, takenBalance: _taken, ...result } = sampleResult()
    const nothing = { ...result.books, taken: 0, echoed: 0, replied: 0, lost: result.books.sent }
    return {
      ...result,
      books: nothing,
      members: result.members.map((member) => ({ ...member, flows: 0, taken: 0, replies: 0 })),
      throughput: { roundTripsPerSecond: 0, achievedPerSecond: 100 },
      stopped: 'failed',
      failure: NASTY,
    }
  },
  churn: () => sampleChurn({ intervals: intervalsOf(8, 5) }),
  'churn of flows that stick': () => reference('churn-sticky'),
  repeat: () => sampleRepeat(7),
  'repeat of one': () => sampleRepeat(1),
  sweep: () => sampleSweep(),
  search: () => sampleSearch(),
  verify: () => reference('verify'),
  selectors: () => reference('verify-selectors'),
  comparison: () => compared(1.2),
  'comparison that is far apart': () => compared(40),
  predict: () => ({ ...predicted, ...predictChange(4, { kind: 'resize', to: 5 }, '4.5', 'hash') }),
  spread: () => ({ ...predicted, ...predictSpreadOf(4, 10_000, '4.5') }),
}
