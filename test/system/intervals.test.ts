import { describe, expect, it } from 'vitest'
import { planChurn } from '../../src/api/plan-churn.js'
import { WorkerLoad } from '../../src/client/worker-load.js'
import type { LoadReading } from '../../src/client/load.js'
import { churnExperiment } from '../../src/experiment/churn.js'
import type { ToldInterval } from '../../src/result/interval.js'
import { OWN_TESTBED, type Testbed } from '../../src/experiment/testbed.js'
import { prepareTraffic } from '../../src/experiment/traffic.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import { QUANTITIES, type WorkerReport } from '../../src/recording/worker-report.js'
import { churnResult } from '../../src/result/churn-result.js'
import { runResult, type Books, type IntervalResult, type RunResult } from '../../src/result/run-result.js'
import { Histogram, type HistogramData } from '../../src/stats/histogram.js'
import { measure } from './experiment.js'

const MS = 1e6

const total = (intervals: readonly IntervalResult[], of: (interval: IntervalResult) => number): number =>
  intervals.reduce((sum, interval) => sum + of(interval), 0)

/** What intervals add up to, in the words of the books. */
const addedUp = (intervals: readonly IntervalResult[]): Partial<Books> => ({
  sent: total(intervals, ({ sent }) => sent),
  replied: total(intervals, ({ replied }) => replied),
  late: total(intervals, ({ late }) => late),
  lost: total(intervals, ({ givenUp }) => givenUp) - total(intervals, ({ late }) => late),
  droppedAtMembers: total(intervals, ({ drops }) => drops!),
  taken: total(intervals, ({ members }) => members.reduce((sum, { taken }) => sum + taken, 0)),
})

async function divided(
  request: RunRequest,
  more: { testbed?: Testbed } = {},
): Promise<{ result: RunResult; intervals: IntervalResult[]; told: ToldInterval[] }> {
  const told: ToldInterval[] = []
  const { result } = await measure(request, {
    ...more,
    intervals: { everyNs: 100 * MS, onInterval: (one) => told.push(one) },
  })
  expect(runResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result)
  return { result, intervals: result.intervals!, told }
}

/** A testbed that keeps what was read of the load in each interval, and what its threads report at the end. */
function listening(): { testbed: Testbed; readings: LoadReading[]; reports: WorkerReport[] } {
  const readings: LoadReading[] = []
  const reports: WorkerReport[] = []
  const testbed: Testbed = {
    ...OWN_TESTBED,
    openLoad: async (options, signal) => {
      const load = await WorkerLoad.open(options, signal)
      const [endInterval, measureLoad] = [load.endInterval.bind(load), load.measure.bind(load)]
      load.endInterval = async () => {
        const reading = await endInterval()
        if (reading) readings.push(reading)
        return reading
      }
      load.measure = async (settle) => {
        const made = await measureLoad(settle)
        reports.push(...made)
        return made
      }
      return load
    },
  }
  return { testbed, readings, reports }
}

/** The cells of several histograms together, and their exact figures. */
function merged(parts: readonly HistogramData[]): unknown {
  const all = new Histogram()
  for (const part of parts) all.add(part)
  const { pages, ...figures } = all.data
  return {
    ...figures,
    pages: [...pages].map((page) => page?.join(' ')).filter((page) => page && /[1-9]/.test(page)),
  }
}

const ofAll = (reports: readonly WorkerReport[], quantity: (typeof QUANTITIES)[number]): HistogramData[] =>
  reports.flatMap(({ members }) => members.flatMap(({ histograms }) => histograms[quantity] ?? []))

const of = (interval: IntervalResult, member: number) => interval.members.find((one) => one.member === member)

/** More than members can do, so that they drop and requests are given up. */
const OVERLOAD: RunRequest = {
  procs: 2,
  flows: 400,
  durationNs: 300 * MS,
  rateHz: 8000,
  serviceTimeNs: MS,
  serviceKind: 'sleep',
  receiveBufferBytes: 4096,
  timeoutNs: 150 * MS,
}

describe('intervals of real runs', () => {
  it.each<[name: string, request: RunRequest]>([
    ['a closed loop over two threads', { procs: 3, flows: 400, durationNs: 350 * MS, workers: 2 }],
    ['a run in waves', { procs: 2, flows: 400, durationNs: 400 * MS, waveSize: 150 }],
    ['requests by number', { procs: 2, flows: 400, requests: 20, server: 'threads' }],
    [
      'an overload, in which members drop and requests are given up',
      {
        ...OVERLOAD,
      },
    ],
    [
      'one socket that all read',
      {
        ...OVERLOAD,
        dispatch: 'shared',
      },
    ],
    [
      'a front',
      {
        procs: 2,
        flows: 400,
        durationNs: 300 * MS,
        rateHz: 8000,
        serviceTimeNs: MS,
        serviceKind: 'sleep',
        timeoutNs: 150 * MS,
        dispatch: 'fan-out',
      },
    ],
  ])('add up to the whole, cell by cell: %s', async (_name, request) => {
    const { testbed, readings, reports } = listening()
    const { result, intervals, told } = await divided(request, { testbed })
    expect(result.books).toMatchObject(addedUp(intervals))
    expect(result.books.unexplained).toBe(0)
    for (const { index, taken, drops } of result.members) {
      const own = intervals.map(({ members }) => members.find(({ member }) => member === index)!)
      expect(own.reduce((sum, one) => sum + one.taken, 0)).toBe(taken)
      expect(own.reduce((sum, one) => sum + (one.drops ?? 0), 0)).toBe(drops ?? 0)
    }
    for (const quantity of ['service', 'response'] as const)
      expect(merged(readings.flatMap((reading) => reading[quantity]))).toEqual(
        merged(ofAll(reports, quantity)),
      )
    expect(intervals.every(({ fromNs, toNs }) => toNs > fromNs)).toBe(true)
    expect(intervals.slice(1).map(({ fromNs }) => fromNs)).toEqual(
      intervals.slice(0, -1).map(({ toNs }) => toNs),
    )
    expect(told.map(({ number }) => number)).toEqual(intervals.map((_, i) => i))
    for (const { fromNs, toNs, replied, roundTripsPerSecond } of intervals.filter(
      ({ phase }) => phase === 'load',
    ))
      expect(roundTripsPerSecond).toBeCloseTo((replied * 1e9) / (toNs - fromNs), 6)
  })

  it('of a churn show the drop of a member that is killed, and mark it', async () => {
    const { plan, changes, supplied } = planChurn({
      procs: '3',
      flows: '300',
      rate: '10k',
      warmup: '50ms',
      timeout: '200ms',
      // So slow that its queue is full when it is killed.
      'receive-buffer': '4k',
      'service-time': '1ms',
      'service-kind': 'sleep',
      change: ['500ms:kill:1'],
    })
    const result = await churnExperiment({
      plan,
      changes,
      supplied,
      traffic: prepareTraffic(plan),
      toolVersion: '0.0.0',
      signal: new AbortController().signal,
      onProgress: () => {},
      intervals: { everyNs: 100 * MS, onInterval: () => {} },
    })
    expect(churnResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result)
    const intervals = result.intervals!
    expect(result.books).toMatchObject(addedUp(intervals))
    const at = intervals.findIndex(({ marks }) => marks.length > 0)
    const { marks, fromNs, toNs } = intervals[at]!
    expect(marks).toEqual([{ kind: 'change', atNs: result.changes[0]!.atNs, change: 'kill 1' }])
    expect(marks[0]!.atNs).toBeGreaterThanOrEqual(fromNs)
    expect(marks[0]!.atNs).toBeLessThanOrEqual(toNs)
    for (const interval of intervals.slice(0, at)) {
      expect(of(interval, 1)!.taken).toBeGreaterThan(0)
      expect(of(interval, 1)!.drops).toBeGreaterThan(0)
    }
    for (const interval of intervals.slice(at + 1)) expect(of(interval, 1)).toBeUndefined()
    for (const interval of intervals.slice(at + 1).filter(({ phase }) => phase === 'load'))
      expect(of(interval, 0)!.taken).toBeGreaterThan(0)
  })
})
