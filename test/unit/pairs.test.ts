import { describe, expect, it } from 'vitest'
import { RpbenchError } from '../../src/errors.js'
import { firstsOf, measurePairs, type MeasuredPairs, type PairsOptions } from '../../src/experiment/pairs.js'
import type { Progress } from '../../src/experiment/progress.js'
import { runExperiment, type RunOptions } from '../../src/experiment/run.js'
import { repeatResult } from '../../src/result/repeat-result.js'
import type { RunResult } from '../../src/result/run-result.js'
import { KERNEL_RULE } from './fake-group.js'
import { fakeTestbed, onFake } from './fake-testbed.js'

const MS = 1e6
const REQUEST = { procs: 2, flows: 200, durationNs: 15 * MS, warmupNs: 5 * MS, inFlight: 50 }

/** Which side is measured, in the order of time, with the seed of its run. */
type Log = [side: string, seed: number][]

/** Pairs on fake testbeds, a fresh one for each run. */
function pairsOf(
  repeat: number,
  changes: Partial<PairsOptions> = {},
  measure: (options: RunOptions, made: number) => Promise<RunResult> = async (options) =>
    (await runExperiment(options)).result,
): { log: Log; pairs: Promise<MeasuredPairs> } {
  const { traffic: _traffic, testbed: _testbed, plan, supplied, ...options } = onFake(REQUEST, fakeTestbed())
  const log: Log = []
  const sideOf = (side: string): PairsOptions['base'] => ({
    plan,
    supplied,
    repeated: {
      of: 'run',
      measure: (one) => {
        log.push([side, one.plan.seed])
        return measure({ ...one, testbed: fakeTestbed() }, log.length - 1)
      },
    },
  })
  const pairs = measurePairs({
    ...options,
    base: sideOf('base'),
    next: sideOf('new'),
    repeat,
    onPair: async () => {},
    ...changes,
  })
  return { log, pairs }
}

describe('runs in pairs', () => {
  it('are of one draw each, one after the other, in an order that chance decides', async () => {
    const { log, pairs } = pairsOf(6)
    const { base, next, firsts } = await pairs
    expect(firsts).toEqual(firstsOf(6, 1))
    expect(log).toEqual(
      firsts.flatMap((first, i) => [
        [first, i + 1],
        [first === 'base' ? 'new' : 'base', i + 1],
      ]),
    )
    for (const side of [base, next]) {
      expect(repeatResult.parse(side)).toEqual(side)
      expect(side.repetitions.map(({ index, seed }) => [index, seed])).toEqual(
        [1, 2, 3, 4, 5, 6].map((i) => [i - 1, i]),
      )
      expect(side.stopped).toBeUndefined()
    }
  })

  it('say which of them is measured, and how far all are', async () => {
    const told: Progress[] = []
    const { pairs } = pairsOf(3, { onProgress: (progress) => told.push(progress) })
    const { firsts } = await pairs
    expect([...new Set(told.map(({ of }) => of))]).toEqual(
      firsts.flatMap((first, i) =>
        [first, first === 'base' ? 'new' : 'base'].map((name) => `pair ${i + 1} of 3 · ${name}`),
      ),
    )
    // At the beginning of the last there is nothing after it, at that of the first there are five.
    const left = told.map(({ remainingNs }) => remainingNs)
    expect(left[0]).toBeGreaterThan(5 * 0.6e9)
    expect(left.at(-1)).toBeLessThan(0.6e9)
    expect(told.at(-1)!.doneShare).toBeGreaterThan(told[0]!.doneShare)
  })

  it('begin with each side equally often, whatever the seed', () => {
    const orders = Array.from({ length: 50 }, (_, seed) => firstsOf(10, seed))
    for (const order of orders) expect(order.filter((first) => first === 'base')).toHaveLength(5)
    expect(new Set(orders.map(String)).size).toBeGreaterThan(40)
  })

  it('keep a run that failed, with the other of its pair', async () => {
    const { pairs } = pairsOf(3, {}, async (options, made) => {
      if (made === 2) throw new RpbenchError('RPB_ADDRESS', 'No such port.')
      return (await runExperiment(options)).result
    })
    const { base, next } = await pairs
    expect([base, next].map(({ repetitions }) => repetitions.length)).toEqual([3, 3])
    const errors = [...base.repetitions, ...next.repetitions].flatMap(({ error }) => error ?? [])
    expect(errors).toMatchObject([{ message: 'No such port.' }])
  })

  it('drop the pair that is interrupted, and keep the whole ones', async () => {
    const controller = new AbortController()
    const kept: number[] = []
    const { log, pairs } = pairsOf(
      5,
      { signal: controller.signal, onPair: async ({ firsts }) => void kept.push(firsts.length) },
      async (options, made) => {
        const testbed = fakeTestbed(KERNEL_RULE, ({ clock }) => {
          if (made === 5) clock.at(12 * MS, () => controller.abort())
        })
        return (await runExperiment({ ...options, testbed })).result
      },
    )
    const { base, next, firsts } = await pairs
    expect(log).toHaveLength(6)
    expect([base.repetitions.length, next.repetitions.length, firsts.length]).toEqual([2, 2, 2])
    expect(base.stopped).toBe('interrupted')
    expect(kept).toEqual([1, 2])
  })

  it('are none where the first is interrupted', async () => {
    const { pairs } = pairsOf(2, { signal: AbortSignal.abort() })
    await expect(pairs).rejects.toMatchObject({ code: 'RPB_INTERRUPTED' })
  })
})
