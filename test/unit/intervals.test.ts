import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, it } from 'vitest'
import { intervalBetween, intervalsOf } from '../../src/assembly/intervals.js'
import { IntervalMemory, TIMED } from '../../src/client/interval-memory.js'
import { churnExperiment } from '../../src/experiment/churn.js'
import type { ToldInterval } from '../../src/result/interval.js'
import { repeatExperiment } from '../../src/experiment/repeat.js'
import { runExperiment } from '../../src/experiment/run.js'
import { planChanges } from '../../src/plan/change-plan.js'
import { MOST_INTERVALS, nextBoundaryNs, refuseTooMany } from '../../src/plan/intervals.js'
import type { GroupEvent, IntervalReading } from '../../src/recording/interval-reading.js'
import type { Recording } from '../../src/recording/recording.js'
import { churnResult } from '../../src/result/churn-result.js'
import type { Books, IntervalResult } from '../../src/result/run-result.js'
import { runResult } from '../../src/result/run-result.js'
import { Histogram, type HistogramData } from '../../src/stats/histogram.js'
import { KERNEL_RULE } from './fake-group.js'
import { fakeTestbed, onFake } from './fake-testbed.js'
import { refusalOf } from './refusal-of.js'

const MS = 1e6
const SECOND = 1e9

const total = (intervals: readonly IntervalResult[], of: (interval: IntervalResult) => number): number =>
  intervals.reduce((sum, interval) => sum + of(interval), 0)

const NOTHING = { sent: 0, replied: 0, late: 0, givenUp: 0 }

/** Both sides of the same memory. */
const sides = (): { thread: IntervalMemory; parent: IntervalMemory } => {
  const thread = new IntervalMemory(IntervalMemory.create())
  thread.goOn()
  return { thread, parent: new IntervalMemory(thread.memory) }
}
const cells = ({ pages }: HistogramData): [number, number[]][] =>
  pages.flatMap((page, row): [number, number[]][] =>
    page?.some((count) => count > 0) ? [[row, [...page]]] : [],
  )

const life = (member: number, taken: number, drops = 0, present = true) => ({
  member,
  generation: 0,
  present,
  taken,
  drops,
})

describe('the boundaries of intervals', () => {
  const phase = { startNs: 5 * SECOND }

  it('are multiples of the length, from the beginning of the phase', () => {
    expect(nextBoundaryNs(5 * SECOND, SECOND, phase)).toBe(6 * SECOND)
    expect(nextBoundaryNs(6 * SECOND + 3 * MS, SECOND, phase)).toBe(7 * SECOND)
  })

  it('leave no sliver behind one that ended late', () => {
    expect(nextBoundaryNs(6 * SECOND + 490 * MS, SECOND, phase)).toBe(7 * SECOND)
    expect(nextBoundaryNs(6 * SECOND + 510 * MS, SECOND, phase)).toBe(8 * SECOND)
    expect(nextBoundaryNs(60 * SECOND, SECOND, phase)).toBe(61 * SECOND)
  })

  it('leave none at the planned end either', () => {
    const to = (endNs: number, nowNs = 6 * SECOND): number =>
      nextBoundaryNs(nowNs, SECOND, { ...phase, endNs })
    expect(to(7 * SECOND)).toBe(8 * SECOND)
    expect(to(7.4 * SECOND)).toBe(8 * SECOND)
    expect(to(7.6 * SECOND)).toBe(7 * SECOND)
    // A phase that goes on beyond it is divided further.
    expect(to(7 * SECOND, 8 * SECOND)).toBe(9 * SECOND)
  })

  it('are so many at most', () => {
    refuseTooMany({ durationNs: MOST_INTERVALS * SECOND }, SECOND)
    refuseTooMany({ durationNs: undefined }, SECOND)
    refuseTooMany({ durationNs: 86_400 * SECOND }, undefined)
    expect(refusalOf(() => refuseTooMany({ durationNs: 7200 * SECOND }, SECOND))).toBe(
      '--interval 1 s makes more than 3600 intervals of 2 h: take 2 s or more.',
    )
  })
})

describe('what a client thread hands over', () => {
  it('adds up, cell by cell, to what was recorded, with the exact least and greatest of each interval', () => {
    const { thread, parent } = sides()
    const random = xoroshiro128plus(7)
    const whole = TIMED.map(() => new Histogram())
    const merged = TIMED.map(() => new Histogram())
    for (let interval = 0; interval < 9; interval++) {
      // None in some; 5 s is beyond what is reckoned by bits.
      const count = interval % 3 === 2 ? 0 : 400
      const least: number[] = []
      TIMED.forEach((_, q) => {
        const values = Float64Array.from({ length: count }, () => uniformInt(random, 1, 5e9))
        values.forEach((value) => whole[q]!.record(value))
        thread.record(q, values, count)
        least.push(Math.min(...values))
      })
      parent.ask()
      expect(parent.ready).toBe(false)
      expect(thread.asked).toBe(true)
      thread.handOver(interval, { ...NOTHING, sent: 10 * interval })
      expect(parent.ready).toBe(true)
      const taken = parent.take()
      expect(taken).toMatchObject({ atNs: interval, counts: { sent: 10 * interval } })
      expect(thread.asked).toBe(false)
      TIMED.forEach((name, q) => {
        expect(taken[name].count).toBe(count)
        expect(taken[name].min).toBe(Math.min(Number.MAX_SAFE_INTEGER, least[q]!))
        merged[q]!.add(taken[name])
      })
    }
    TIMED.forEach((_, q) => {
      expect(cells(merged[q]!.data)).toEqual(cells(whole[q]!.data))
      const { count, sum, min, max } = whole[q]!
      expect(merged[q]).toMatchObject({ count, sum, min, max })
    })
  })

  it('is taken from one that waits, once, and goes on where that left it', () => {
    const { thread, parent } = sides()
    const record = (...values: number[]): void => thread.record(0, Float64Array.from(values), values.length)
    record(100)
    thread.rest(1, { ...NOTHING, sent: 1 })
    parent.ask()
    expect(parent.ready).toBe(true)
    expect(parent.take()).toMatchObject({ counts: { sent: 1 }, service: { count: 1, max: 100 } })
    parent.ask()
    expect(parent.take()).toMatchObject({ counts: { sent: 1 }, service: { count: 0 } })
    // It goes on, and what the parent asked for meanwhile is not asked for any more.
    parent.letOn()
    thread.goOn()
    expect(thread.asked).toBe(false)
    record(200, NaN)
    parent.ask()
    expect(parent.ready).toBe(false)
    thread.handOver(2, { ...NOTHING, sent: 2 })
    expect(parent.take()).toMatchObject({ counts: { sent: 2 }, service: { count: 1, min: 200, max: 200 } })
  })

  it('is kept by one that waits and is let on before anybody asked', () => {
    const { thread, parent } = sides()
    thread.record(0, Float64Array.of(100), 1)
    thread.rest(1, NOTHING)
    parent.letOn()
    thread.goOn()
    thread.record(0, Float64Array.of(300), 1)
    parent.ask()
    thread.handOver(2, NOTHING)
    expect(parent.take().service).toMatchObject({ count: 2, min: 100, max: 300, sum: 400 })
  })
})

describe('an interval between two readings', () => {
  const figures = new Histogram().figures([0.5, 0.9, 0.99, 0.999])
  const reading = (atNs: number, changes: Partial<IntervalReading> = {}): IntervalReading => ({
    atNs,
    phase: 'load',
    counts: { sent: 0, replied: 0, late: 0, givenUp: 0 },
    lives: [],
    aheadDrops: 0,
    service: figures,
    response: figures,
    ...changes,
  })
  const phase = { dispatch: 'reuseport', startNs: SECOND } as const

  it('has rates by the length that was measured', () => {
    const before = reading(2 * SECOND, { counts: { sent: 100, replied: 90, late: 1, givenUp: 2 } })
    const after = reading(4 * SECOND, { counts: { sent: 300, replied: 290, late: 1, givenUp: 5 } })
    expect(intervalBetween(phase, before, after, [])).toMatchObject({
      fromNs: SECOND,
      toNs: 3 * SECOND,
      sent: 200,
      achievedPerSecond: 100,
      roundTripsPerSecond: 100,
      late: 0,
      givenUp: 3,
    })
  })

  it('has the members that were there, each life by itself, and what its members and who stands before them dropped', () => {
    const before = reading(2 * SECOND, {
      lives: [life(0, 10), life(1, 10), life(2, 7, 3, false)],
      aheadDrops: 1,
    })
    const after = reading(3 * SECOND, {
      lives: [life(0, 30, 4), life(1, 20, 0, false), life(2, 7, 3, false), { ...life(2, 6), generation: 1 }],
      aheadDrops: 3,
    })
    const interval = intervalBetween(phase, before, after, [])
    expect(interval.members).toEqual([
      { member: 0, generation: 0, taken: 20, drops: 4 },
      { member: 1, generation: 0, taken: 10, drops: 0 },
      { member: 2, generation: 1, taken: 6, drops: 0 },
    ])
    expect(interval.drops).toBe(6)
    expect(interval.maxOverMean).toBeCloseTo(20 / 12)
    const shared = intervalBetween({ ...phase, dispatch: 'shared' }, before, after, [])
    expect(shared.members[0]).not.toHaveProperty('drops')
  })

  /** A recording of one member, with readings of it and what was counted in the end. */
  const recorded = (readings: IntervalReading[], taken: number, events: GroupEvent[] = []): Recording =>
    ({
      plan: { dispatch: 'reuseport' },
      startNs: SECOND,
      group: {
        lives: [
          {
            member: 0,
            generation: 0,
            before: { drops: 5, strangers: 0 },
            after: {
              taken: [0, taken],
              echoed: [0, taken],
              echoErrors: [0, 0],
              left: [0, 0],
              drops: 7,
              strangers: 0,
            },
            gone: false,
          },
        ],
      },
      intervals: { readings, events },
    }) as unknown as Recording
  const books = { sent: 100, replied: 90, late: 4, lost: 6 } as Books

  it('adds up with the others to the final counts, also where a member takes back what it had in hand', () => {
    const readings = [
      reading(2 * SECOND, {
        lives: [life(0, 50, 1)],
        counts: { sent: 60, replied: 50, late: 1, givenUp: 2 },
      }),
      reading(3 * SECOND, {
        lives: [life(0, 97, 1)],
        counts: { sent: 99, replied: 89, late: 1, givenUp: 4 },
      }),
      reading(4 * SECOND, { phase: 'drain', lives: [life(0, 97, 1)] }),
    ]
    const intervals = intervalsOf(recorded(readings, 94), books)!
    expect(intervals.map(({ members }) => members[0]!.taken)).toEqual([50, 44, 0])
    expect(total(intervals, ({ sent }) => sent)).toBe(100)
    expect(total(intervals, ({ replied }) => replied)).toBe(90)
    expect(total(intervals, ({ late }) => late)).toBe(4)
    expect(total(intervals, ({ givenUp }) => givenUp)).toBe(10)
    expect(total(intervals, ({ drops }) => drops!)).toBe(2)
    expect(intervals[2]).not.toHaveProperty('roundTripsPerSecond')
  })

  it('has the marks of its time; those before the first and after the last are theirs, and no drain is kept in which nothing happened', () => {
    const counts = { sent: 100, replied: 90, late: 4, givenUp: 10 }
    const readings = [2, 3, 4].map((s) => reading(s * SECOND, { counts, lives: [life(0, 94, 2)] }))
    const drained = [...readings, reading(4.1 * SECOND, { phase: 'drain' })]
    const event = (kind: GroupEvent['kind'], s: number): GroupEvent => ({
      kind,
      atNs: s * SECOND,
      change: 'add',
    })
    const inside = intervalsOf(
      recorded(drained, 94, [event('change', 0.5), event('death', 2.5), event('silent', 2.2)]),
      books,
    )!
    expect(inside.map(({ marks }) => marks.map(({ kind, atNs }) => [kind, atNs]))).toEqual([
      [['change', 0]],
      [
        ['silent', 1.2 * SECOND],
        ['death', 1.5 * SECOND],
      ],
      [],
    ])
    expect(intervalsOf(recorded(drained, 94, [event('back', 9)]), books)!.at(-1)!.marks).toHaveLength(1)
  })
})

describe('experiments by interval, on a fake group under a fake load', () => {
  it('divide a run, tell each interval as it ends, and add up', async () => {
    const told: ToldInterval[] = []
    const request = { procs: 4, flows: 500, durationNs: 1000 * MS, rateHz: 20_000, warmupNs: 10 * MS }
    const { result } = await runExperiment({
      ...onFake(request, fakeTestbed()),
      intervals: { everyNs: 100 * MS, onInterval: (one) => told.push(one) },
    })
    expect(runResult.parse(result)).toEqual(result)
    const { intervals = [], books, members } = result
    expect(intervals).toHaveLength(10)
    expect(told.map(({ number }) => number)).toEqual(intervals.map((_, i) => i))
    expect(told.map(({ interval }) => interval)).toEqual(intervals)
    expect(total(intervals, ({ sent }) => sent)).toBe(books.sent)
    expect(total(intervals, ({ replied }) => replied)).toBe(books.replied)
    for (const { index, taken } of members)
      expect(total(intervals, (one) => one.members[index]!.taken)).toBe(taken)
    expect(total(intervals, ({ latency }) => latency!.response!.count)).toBe(result.latency!.response!.count)
    for (const { roundTripsPerSecond } of intervals.slice(0, -1))
      expect(Math.abs(roundTripsPerSecond! / 20_000 - 1)).toBeLessThan(0.02)
    expect(intervals.map(({ fromNs }) => fromNs).slice(1)).toEqual(
      intervals.map(({ toNs }) => toNs).slice(0, -1),
    )
  })

  it('are not there where nobody asked for them', async () => {
    const { result } = await runExperiment(
      onFake({ procs: 2, flows: 100, durationNs: 50 * MS }, fakeTestbed()),
    )
    expect(result).not.toHaveProperty('intervals')
  })

  it('mark the end of a member in the interval in which it ended', async () => {
    const testbed = fakeTestbed(KERNEL_RULE, ({ clock, group }) =>
      clock.at(260 * MS, () => group.die(2, 'was killed by SIGKILL')),
    )
    const request = { procs: 4, flows: 500, durationNs: 1000 * MS, rateHz: 20_000, warmupNs: 10 * MS }
    const { result } = await runExperiment({
      ...onFake(request, testbed),
      intervals: { everyNs: 100 * MS, onInterval: () => {} },
    })
    expect(result.intervals!.map(({ marks }) => marks)).toEqual([
      [],
      [],
      [{ kind: 'death', atNs: 250 * MS, member: 2, generation: 0 }],
    ])
    expect(total(result.intervals!, ({ sent }) => sent)).toBe(result.books.sent)
  })

  it('mark changes, and have each life as long as it is a member', async () => {
    const changes = planChanges(
      3,
      [
        { atNs: 300 * MS, change: { kind: 'add' } },
        { atNs: 700 * MS, change: { kind: 'kill', member: 0 } },
      ],
      '--change',
    )
    const told: ToldInterval[] = []
    const request = { procs: 3, flows: 500, rateHz: 20_000, durationNs: 1000 * MS, warmupNs: 10 * MS }
    const result = await churnExperiment({
      ...onFake(request, fakeTestbed()),
      changes,
      intervals: { everyNs: 200 * MS, onInterval: (one) => told.push(one) },
    })
    expect(churnResult.parse(result)).toEqual(result)
    const { intervals = [] } = result
    const seen = intervals.map(({ marks, members }) => [
      marks.map(({ change }) => change),
      members.map(({ member }) => member),
    ])
    expect(seen).toEqual([
      [[], [0, 1, 2]],
      [['add'], [0, 1, 2, 3]],
      [[], [0, 1, 2, 3]],
      [['kill 0'], [0, 1, 2, 3]],
      [[], [1, 2, 3]],
    ])
    expect(told.map(({ interval }) => interval)).toEqual(intervals)
    expect(total(intervals, ({ sent }) => sent)).toBe(result.books.sent)
  })

  it('stay in each repetition, and say of which they are', async () => {
    const told: ToldInterval[] = []
    const { traffic, ...options } = onFake(
      { procs: 2, flows: 100, durationNs: 300 * MS, rateHz: 10_000, warmupNs: 10 * MS },
      fakeTestbed(),
    )
    const result = await repeatExperiment({
      ...options,
      repeated: { of: 'run', measure: async (one) => (await runExperiment({ ...one, traffic })).result },
      repeat: 2,
      onRepetition: () => Promise.resolve(),
      intervals: { everyNs: 100 * MS, onInterval: (one) => told.push(one) },
    })
    expect(result.repetitions.map(({ run }) => run!.intervals!.length)).toEqual([3, 3])
    expect(told.map(({ repetition, number }) => [repetition, number])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ])
  })
})
