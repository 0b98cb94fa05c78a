import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  compare,
  compareRuns,
  attach,
  predict,
  readResult,
  repeat,
  run,
  sweep,
  type Progress,
  type RunOptions,
} from '../../src/api/index.js'
import { attachResult } from '../../src/result/attach-result.js'
import { compareResult } from '../../src/result/compare-result.js'
import { repeatResult } from '../../src/result/repeat-result.js'
import { runResult } from '../../src/result/run-result.js'
import { sweepResult } from '../../src/result/sweep-result.js'

const SHORT = { procs: 2, flows: 100, duration: '150ms', warmup: '20ms' } as const satisfies RunOptions

describe('a run of a program', () => {
  it('gives a result, with what was given and how it fares against limits', async () => {
    const result = await run({ ...SHORT, threshold: ['books.unexplained==0', 'balance.maxOverMean<1.001'] })
    expect(runResult.parse(result)).toEqual(result)
    expect(result.plan.supplied).toEqual({ procs: '2', flows: '100', duration: '150ms', warmup: '20ms' })
    expect(result.plan.effective.durationNs).toBe(150e6)
    expect(result.thresholds!.map(({ outcome }) => outcome)[0]).toBe('pass')
  })

  it('may go on beside another', async () => {
    const results = await Promise.all([run(SHORT), run({ ...SHORT, procs: 3 })])
    expect(results.map(({ members }) => members.length)).toEqual([2, 3])
    for (const { books, members } of results) {
      expect(books.unexplained).toBe(0)
      expect(members.reduce((sum, { flows }) => sum + flows, 0)).toBe(100)
    }
  })

  it('comes back as far as it came when its signal is aborted', async () => {
    const stop = new AbortController()
    const told: Progress[] = []
    const result = await run(
      { ...SHORT, duration: '60s', interval: '100ms' },
      { signal: stop.signal, onProgress: (one) => told.push(one), onInterval: () => stop.abort() },
    )
    expect(result).toMatchObject({ stopped: 'interrupted' })
    expect(result.books.replied).toBeGreaterThan(0)
    expect(told.at(-1)!.phase).toBe('finishing')
    // No listener is left on a signal that lives on.
    await expect(run(SHORT, { signal: stop.signal })).rejects.toMatchObject({ code: 'RPB_INTERRUPTED' })
  })

  it.each<[object, RegExp]>([
    [{ procs: 0 }, /^--procs '0' is too small/],
    [{ prosc: 2 }, /^There is no option prosc of run; did you mean procs\?/],
    [{ repeat: 2 }, /^There is no option repeat of run/],
    [{ ...SHORT, threshold: ['latency.response.p99<1ms'] }, /is measured in an open loop only/],
  ])('is refused with %j', async (options, sentence) =>
    expect(run(options)).rejects.toMatchObject({
      name: 'RpbenchError',
      code: 'RPB_USAGE',
      message: expect.stringMatching(sentence) as string,
    }),
  )
})

it('repetitions and sweeps of a program come one by one, and are whole', async () => {
  const counts: number[] = []
  const repeated = await repeat(
    { ...SHORT, repeat: 2 },
    { onResult: ({ repetitions }) => void counts.push(repetitions.length) },
  )
  expect(repeatResult.parse(repeated)).toEqual(repeated)
  expect(counts).toEqual([1])
  const of = new Set<string>()
  const swept = await sweep(
    { ...SHORT, procs: [1, 2], repeat: 1 },
    { onProgress: (progress) => of.add(progress.of!), onResult: ({ runs }) => void counts.push(runs.length) },
  )
  expect(sweepResult.parse(swept)).toEqual(swept)
  expect(swept.points.map(({ flags }) => flags)).toEqual([{ procs: '1' }, { procs: '2' }])
  expect(counts).toEqual([1, 1, 2])
  expect([...of].map((one) => one.replace(/\d$/, 'N'))).toEqual([
    'run 1 of 2 · procs N',
    'run 2 of 2 · procs N',
  ])
})

it('pairs of a program are named as they would be on a command line', async () => {
  const plan = { ...SHORT, duration: '50ms' }
  const { result, base } = await compareRuns(
    plan,
    { ...plan, payload: 512 },
    { repeat: 6, metric: 'loss.share' },
  )
  expect(compareResult.parse(result)).toEqual(result)
  expect(base.repetitions).toHaveLength(6)
  expect([result.base.name, result.new.name]).toEqual([
    '--procs 2 --flows 100 --duration 50ms --warmup 20ms',
    '--procs 2 --flows 100 --duration 50ms --warmup 20ms --payload 512',
  ])
})

it('a group that is not ours is watched, and each interval told', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const told: number[] = []
  const result = await attach(
    { port: socket.address().port, udp: true, level: 'look', duration: '10m', interval: '1s' },
    { signal: AbortSignal.timeout(1500), onInterval: ({ toNs }) => told.push(toNs) },
  )
  socket.close()
  expect(attachResult.parse(result)).toEqual(result)
  expect(result).toMatchObject({ stopped: 'interrupted', levels: { inForce: 'look' } })
  expect(result.members).toHaveLength(1)
  expect(told).toEqual(result.intervals.map(({ toNs }) => toNs))
  await expect(attach({ port: 'no' })).rejects.toMatchObject({ code: 'RPB_USAGE' })
})

describe('results of a program', () => {
  const path = join(import.meta.dirname, '../saved-results/repeat@1.json')

  it('are read from a path, or from what was read of it', async () => {
    const saved = await readResult(path)
    expect(saved.schema).toBe('rpbench/repeat@1')
    expect(await readResult(JSON.parse(await readFile(path, 'utf8')) as object)).toEqual(saved)
    await expect(readResult({ schema: 'others/run@1' })).rejects.toMatchObject({
      code: 'RPB_USAGE',
      message: 'The object is not a saved result of rpbench.',
    })
  })

  it('are compared, but not with themselves or with what is none', async () => {
    const saved = await readResult(path)
    await expect(compare(path, saved)).rejects.toMatchObject({
      message: expect.stringMatching(/are the same result/) as string,
    })
    const prediction = await predict({ from: 4, to: 5 })
    await expect(compare(saved, prediction)).rejects.toMatchObject({
      message:
        'new[0] is a result of rpbench/predict@1: compare takes results of run and churn, also repeated.',
    })
  })
})
