import { describe, expect, it, vi } from 'vitest'
import { claimOf, differenceOfClaims, readClaim, type ShardClaim } from '../../src/control/shard-claim.js'
import type { Request } from '../../src/control/messages.js'
import { JointRun, type Served } from '../../src/experiment/serve/joint-run.js'
import { completePlan } from '../../src/plan/run-plan.js'

const PLAN = { flows: '1000', seed: '1' }
const claim = (index: number, count = 3, plan: Record<string, string> = PLAN): ShardClaim => ({
  index,
  count,
  plan,
})

/** A run whose answers say what was asked of it, in order. */
function fakeServed() {
  const asked: Request[] = []
  let finished = false
  const served = {
    answer: (request: Request) => {
      asked.push(request)
      if (request.do === 'finish') finished = true
      return Promise.resolve(request.do === 'finish' ? { group: 'all', seen: {} } : null)
    },
    get finished() {
      return finished
    },
  } as unknown as Served
  return { asked, served }
}

const MINUTE = 60_000

/** Three shards that have said hello. */
function three() {
  const { asked, served } = fakeServed()
  const run = new JointRun(served, claim(1), MINUTE)
  for (const index of [1, 2, 3]) expect(run.join(claim(index), `10.0.0.${index}`)).toBeUndefined()
  return { asked, run }
}

const told = (run: JointRun, index: number) =>
  run.answer(index, { do: 'run', runId: `${index}00`, payloadBytes: 64 })
const all = (ask: (index: number) => Promise<unknown>) => Promise.all([1, 2, 3].map((index) => ask(index)))

describe('a run that several shards send', () => {
  it('is one for the group: one number, one beginning, one end, which each of them is told', async () => {
    const { asked, run } = three()
    expect(await all((index) => told(run, index))).toEqual(
      Array.from({ length: 3 }, () => ({ runId: '100' })),
    )
    await all((index) => run.answer(index, { do: 'begin' }))
    const ends = await all((index) => run.answer(index, { do: 'finish' }))
    expect(ends).toEqual(Array.from({ length: 3 }, () => ({ group: 'all', seen: {}, lost: [] })))
    expect(asked).toEqual([{ do: 'run', runId: '100', payloadBytes: 64 }, { do: 'begin' }, { do: 'finish' }])
    expect([1, 2, 3].map((index) => run.leave(index))).toEqual([false, false, true])
  })

  it('does not begin before the last of them is there', async () => {
    const { asked, run } = three()
    const first = vi.fn<() => void>()
    void Promise.all([told(run, 1), told(run, 3)]).then(first)
    await new Promise(setImmediate)
    expect(first).not.toHaveBeenCalled()
    expect(asked).toEqual([])
    await told(run, 2)
    await new Promise(setImmediate)
    expect(first).toHaveBeenCalledTimes(1)
    for (const index of [1, 2, 3]) run.leave(index)
  })

  it('names those that do not come in time', async () => {
    const { served } = fakeServed()
    const run = new JointRun(served, claim(2), 5)
    run.join(claim(2), '10.0.0.2')
    await expect(told(run, 2)).rejects.toThrow('After 5 ms shards 1/3, 3/3 have not come, of 3')
    run.leave(2)
  })

  it('takes another in place of one that left before all were there', async () => {
    const { run } = three()
    void told(run, 2).catch(() => {})
    run.leave(2)
    expect(run.join(claim(2), '10.0.0.9')).toBeUndefined()
    expect(await all((index) => told(run, index))).toHaveLength(3)
    for (const index of [1, 2, 3]) run.leave(index)
  })

  it('has no measured phase without one that left before it, and says so to each that comes to it', async () => {
    const { asked, run } = three()
    await all((index) => told(run, index))
    const waiting = run.answer(1, { do: 'begin' })
    run.leave(3)
    await expect(waiting).rejects.toThrow('Shard 3/3 left before the measured phase')
    await expect(run.answer(2, { do: 'begin' })).rejects.toThrow('Shard 3/3 left')
    expect(asked.map((request) => request.do)).toEqual(['run'])
    expect(run.join(claim(3), '10.0.0.3')).toMatch(/comes too late.* and this shard left it/)
    for (const index of [1, 2]) run.leave(index)
  })

  it('ends without one that left in the measured phase, and says which', async () => {
    const { run } = three()
    await all((index) => told(run, index))
    await all((index) => run.answer(index, { do: 'begin' }))
    const ends = [1, 3].map((index) => run.answer(index, { do: 'finish' }))
    run.leave(2)
    expect(await Promise.all(ends)).toEqual(
      Array.from({ length: 2 }, () => ({ group: 'all', seen: {}, lost: [2] })),
    )
    for (const index of [1, 3]) run.leave(index)
  })

  it('refuses by name what does not fit', () => {
    const { run } = three()
    expect(run.join(claim(2), '10.0.0.7')).toBe(
      'Shard 2/3 is there already, from 10.0.0.2: each has a number of its own.',
    )
    expect(run.join(claim(2, 4), '10.0.0.7')).toBe(
      'Shard 2/4 does not fit the run that is served: its parts are 3.',
    )
    expect(run.join(claim(2, 3, { ...PLAN, seed: '2' }), '10.0.0.7')).toBe(
      'Shard 2/3 does not fit the run that is served: it has --seed 2, and shard 1/3 1; give all the same plan.',
    )
    expect(run.takes(undefined)).toBe(false)
    for (const index of [1, 2, 3]) run.leave(index)
  })
})

describe('a run of one client', () => {
  it('waits for nobody, and is told of no shards', async () => {
    const { served } = fakeServed()
    const run = new JointRun(served, undefined, MINUTE)
    expect(run.join(undefined, '10.0.0.1')).toBeUndefined()
    expect(await told(run, 1)).toEqual({ runId: '100' })
    await run.answer(1, { do: 'begin' })
    expect(await run.answer(1, { do: 'finish' })).toEqual({ group: 'all', seen: {} })
    expect(run.takes(claim(1))).toBe(false)
    expect(run.leave(1)).toBe(true)
  })
})

describe('what a shard says of itself', () => {
  const facts = { cpus: 2, ephemeralPorts: [32_768, 60_999], openFiles: { limit: 20_000, used: 20 } } as const
  const planned = (index: number, request = {}) =>
    completePlan(
      { flows: 1000, ...request },
      { ...facts, ephemeralPorts: [32_768, 60_999] },
      {
        index,
        count: 3,
        from: 'flag',
      },
    )

  it('is the whole plan, which all have alike', () => {
    const [first, second] = [claimOf(planned(1))!, claimOf(planned(2))!]
    expect(second).toMatchObject({
      index: 2,
      count: 3,
      plan: { flows: '1000', 'in-flight': '64', seed: '1' },
    })
    expect(differenceOfClaims(first, second)).toBeUndefined()
    expect(differenceOfClaims(first, claimOf(planned(2, { rateHz: 500 }))!)).toEqual({
      flag: 'in-flight',
      own: 'not set',
      other: '64',
    })
    expect(readClaim(JSON.parse(JSON.stringify(first)))).toEqual(first)
    expect(JSON.stringify(first).length).toBeLessThan(1000)
  })

  it.each([
    1,
    null,
    {},
    { index: 0, count: 3, plan: {} },
    { index: 4, count: 3, plan: {} },
    { index: 1, count: 1e9, plan: {} },
    { index: 1, count: 3, plan: { seed: 1 } },
    { index: 1, count: 3, plan: { 'Bad Flag': '1' } },
    { index: 1, count: 3, plan: { seed: 'x'.repeat(1000) } },
  ])('is refused where it is none: %j', (said) => {
    expect(() => readClaim(said)).toThrow('is none')
  })
})
