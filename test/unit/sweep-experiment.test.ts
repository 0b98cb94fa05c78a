import { describe, expect, it } from 'vitest'
import type { CapacityGoal } from '../../src/analysis/capacity/capacity.js'
import { RpbenchError } from '../../src/errors.js'
import { assembleSweep } from '../../src/assembly/sweep.js'
import { nextJob, remainingNs, type SweepJob } from '../../src/experiment/sweep-jobs.js'
import { sweepExperiment, type SweepOptions, type SweepProgress } from '../../src/experiment/sweep.js'
import { parseGoal } from '../../src/plan/goal-conditions.js'
import type { SweepRun } from '../../src/result/sweep-result.js'
import { sampleResult } from './sample-result.js'
import { sampleRun, sampleSweepPlan } from './sample-sweep.js'

const plan = sampleSweepPlan()
const quiet = {
  plan,
  goal: undefined,
  runs: [],
  signal: new AbortController().signal,
  onProgress: () => {},
  onRun: async () => {},
}

/** Runs a sweep on a system that answers at once. */
async function sweep(options: Partial<SweepOptions> = {}): Promise<{ runs: SweepRun[]; jobs: SweepJob[] }> {
  const jobs: SweepJob[] = []
  const measure = options.measure ?? (async () => sampleRun())
  const runs = await sweepExperiment({
    ...quiet,
    ...options,
    measure: async (job) => {
      jobs.push(job)
      return measure(job)
    },
  })
  return { runs, jobs }
}

describe('a sweep', () => {
  it('runs every point once per repetition, in the order of its plan', async () => {
    const { jobs, runs } = await sweep()
    expect(jobs.map(({ point }) => point.index)).toEqual(plan.order.flat())
    expect(runs.map(({ point, repetition }) => [point, repetition])).toEqual(
      plan.order.flatMap((points, repetition) => points.map((point) => [point, repetition])),
    )
  })

  it('gives each repetition another seed, and the points of one the same', async () => {
    const { jobs } = await sweep()
    expect(jobs.map((job) => job.plan.seed)).toEqual([...Array(6).fill(1), ...Array(6).fill(2)])
    // Flows of both are blocks of the order of one seed, so that they share no source.
    expect(jobs.map(({ draw }) => draw.index)).toEqual([...Array(6).fill(0), ...Array(6).fill(1)])
    expect(new Set(jobs.map(({ point }) => point.plan.seed))).toEqual(new Set([1]))
    expect(jobs.every((job) => job.plan.port === 0)).toBe(true)
  })

  it('keeps a run that failed, with its code and sentence, and goes on', async () => {
    let calls = 0
    const measure = async () => {
      if (calls++ === 3) throw new RpbenchError('RPB_FLOWS', 'No port is free.')
      return sampleRun()
    }
    const { runs } = await sweep({ measure })
    expect(runs).toHaveLength(12)
    expect(runs[3]).toMatchObject({ error: { code: 'RPB_FLOWS', message: 'No port is free.' } })
    expect(runs[3]).not.toHaveProperty('validity')
  })

  it('ends with what is no error of a run', async () => {
    await expect(sweep({ measure: () => Promise.reject(new TypeError('a bug')) })).rejects.toThrow('a bug')
  })

  it.each<[string, () => Promise<undefined>]>([
    ['the run came to no end', async () => undefined],
    ['nothing of it was measured', () => Promise.reject(new RpbenchError('RPB_INTERRUPTED', 'Interrupted.'))],
  ])(
    'drops the run in which it is interrupted, where %s, and keeps the others',
    async (_name, interrupted) => {
      const controller = new AbortController()
      const measure: SweepOptions['measure'] = async ({ point }) => {
        if (point.index !== plan.order[0]![4]) return sampleRun()
        controller.abort()
        return interrupted()
      }
      const { runs, jobs } = await sweep({ measure, signal: controller.signal })
      expect(runs.map(({ point }) => point)).toEqual(plan.order[0]!.slice(0, 4))
      expect(jobs).toHaveLength(5)
    },
  )

  it('hands on all runs after each of them', async () => {
    const counts: number[] = []
    await sweep({ onRun: async (runs) => void counts.push(runs.length) })
    expect(counts).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
  })

  it('goes on where an earlier session stopped', async () => {
    const { runs: all } = await sweep()
    const { jobs, runs } = await sweep({ runs: all.slice(0, 5) })
    expect(jobs.map(({ point }) => point.index)).toEqual(plan.order.flat().slice(5))
    expect(runs).toHaveLength(12)
  })

  it('says how far it is, and how long it will take by the runs so far', async () => {
    const told: SweepProgress[] = []
    await sweep({ onProgress: (progress) => told.push(progress) })
    expect(told.map(({ made }) => made)).toEqual([...Array(12).keys()])
    expect(told.every(({ runs }) => runs === 12)).toBe(true)
    // Before the first by the plan: 12 runs of 0.5 s and 2 s, and 0.6 s beside them.
    expect(told[0]!.remainingNs).toBeCloseTo(12 * 3.1e9, -3)
    expect(
      remainingNs(
        plan,
        undefined,
        Array.from({ length: 4 }, () => sampleRun({ wallNs: 5e9 })),
      ),
    ).toBeCloseTo(8 * 5e9, -3)
  })

  it('is not expected to go fast since its first runs failed at once', () => {
    const error = { code: 'RPB_FLOWS', message: 'No port is free.' }
    const failed = Array.from({ length: 4 }, () => sampleRun({ wallNs: 1e6, error }))
    expect(remainingNs(plan, undefined, failed)).toBeCloseTo(8 * 3.1e9, -3)
  })
})

/** A group of n processes that takes 10,000/s each. */
const tenThousandEach: SweepOptions['measure'] = async ({ point, plan: run }) => {
  const capacity = 10_000 * Number(point.flags['procs'])
  const offered = run.rateHz ?? capacity
  const replied = Math.min(offered, capacity)
  const { latency: _latency, ...sample } = sampleRun()
  return {
    ...sample,
    roundTripsPerSecond: replied,
    offeredPerSecond: offered,
    achievedPerSecond: offered,
    lossShare: 1 - replied / offered,
    books: { ...sample.books!, sent: offered, replied, lost: offered - replied },
  }
}

/** The same, with runs of the first point that fail. */
const failingFirst: SweepOptions['measure'] = (job) =>
  job.point.index === 0 ? Promise.reject(new RpbenchError('RPB_FLOWS', 'No.')) : tenThousandEach(job)

describe('a sweep that searches', () => {
  const goal: CapacityGoal = {
    conditions: parseGoal('loss<1%', '--find'),
    finalTrialNs: 2e9,
    initialTrialNs: 0.5e9,
    durationSumNs: 6e9,
    exceedRatio: 0.5,
    width: 0.05,
  }
  const searched = sampleSweepPlan([{ flag: 'procs', values: ['1', '2', '4'] }], 1)
  const resultOf = (runs: readonly SweepRun[]) =>
    assembleSweep(
      {
        toolVersion: '0.1.0',
        host: sampleResult().host,
        startedAt: '2026-11-22T10:13:00.000Z',
        durationNs: 1e9,
        supplied: {},
        plan: searched,
        goal,
        interrupted: false,
      },
      runs,
    )

  it('finds the capacity of each point, and its ratio to the first', async () => {
    const { runs } = await sweep({ plan: searched, goal, measure: tenThousandEach })
    const { capacity } = resultOf(runs)
    expect(capacity!.map(({ stop, regular }) => [stop, regular])).toEqual(
      Array.from({ length: 3 }, () => ['goal-width', true]),
    )
    capacity!.forEach(({ lowerHz, upperHz, conditionalThroughputHz }, i) => {
      const [least, most] = [10_000 * 2 ** i, (10_000 * 2 ** i) / 0.99]
      expect(lowerHz!).toBeLessThanOrEqual(most)
      expect(upperHz!).toBeGreaterThan(least)
      expect((upperHz! - lowerHz!) / upperHz!).toBeLessThanOrEqual(0.05)
      expect(conditionalThroughputHz! / lowerHz!).toBeGreaterThan(0.99)
    })
    expect(capacity![0]!.ratioToFirst).toBe(1)
    expect(capacity![2]!.ratioToFirst!).toBeGreaterThan(3.7)
    expect(capacity![2]!.ratioToFirst!).toBeLessThan(4.3)
  })

  it('learns from a closed loop where to look, and gives each trial a seed of its own', async () => {
    const { jobs } = await sweep({ plan: searched, goal, measure: tenThousandEach })
    const [first = -1] = searched.order[0]!
    const own = jobs.filter(({ point }) => point.index === first)
    expect(own[0]!.trial).toEqual({ purpose: 'closed-loop', trialNs: 2e9 })
    expect(own[0]!.plan).not.toHaveProperty('rateHz')
    expect(own[1]!.trial!.loadHz).toBe(20_000 * Number(searched.points[first]!.flags['procs']))
    expect(own.map((job) => job.plan.seed)).toEqual(own.map((_, i) => 1 + i))
  })

  it('needs no closed loop where it was told the range', async () => {
    const { jobs } = await sweep({
      plan: searched,
      goal: { ...goal, range: { leastHz: 100, mostHz: 90_000 } },
      measure: tenThousandEach,
    })
    expect(jobs.every(({ trial }) => trial?.purpose === 'search')).toBe(true)
    expect(jobs[0]!.trial!.loadHz).toBe(90_000)
  })

  it('goes on in the middle of a search', async () => {
    const { runs, jobs } = await sweep({ plan: searched, goal, measure: tenThousandEach })
    const rest = await sweep({ plan: searched, goal, measure: tenThousandEach, runs: runs.slice(0, 7) })
    expect(rest.jobs.map(({ trial }) => trial)).toEqual(jobs.slice(7).map(({ trial }) => trial))
    expect(nextJob(searched, goal, runs)).toBeUndefined()
  })

  it('gives a point up when its runs fail, and searches the others', async () => {
    const { runs } = await sweep({ plan: searched, goal, measure: failingFirst })
    const { capacity } = resultOf(runs)
    expect(capacity!.map(({ stop }) => stop)).toEqual(['failed', 'goal-width', 'goal-width'])
    expect(capacity![1]!.ratioToFirst).toBe(1)
  })
})
