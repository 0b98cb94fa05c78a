import { describe, expect, it } from 'vitest'
import { pooled } from '../../src/assembly/pooled-results.js'
import { judgeResult } from '../../src/metrics/judged.js'
import { parseThreshold } from '../../src/plan/thresholds.js'
import { repeatResult } from '../../src/result/repeat-result.js'
import type { RunResult } from '../../src/result/run-result.js'
import type { SavedResult } from '../../src/result/saved-result.js'
import { sampleChurn } from './sample-churn.js'
import { sampleResult } from './sample-result.js'

const files = (...results: SavedResult[]) => results.map((result, i) => ({ file: `${i}.json`, result }))

/** A run on a port of its own, at a rate. */
const onPort = (port: number, roundTripsPerSecond: number): RunResult => {
  const run = sampleResult()
  return {
    ...run,
    group: { ...run.group, port },
    throughput: { ...run.throughput, roundTripsPerSecond },
  }
}

/** The same, held against a limit. */
const limited = (rate: number): RunResult => {
  const run = onPort(rate, rate)
  return { ...run, thresholds: judgeResult(run, [parseThreshold('rate.roundTrips>200', '--threshold')]) }
}

describe('saved runs of one plan', () => {
  it('are repetitions of it, with the median of each figure', () => {
    const [one, ...more] = pooled(
      files(onPort(5001, 100), sampleChurn(), onPort(5002, 300), onPort(5003, 120)),
    )
    expect(more.map(({ file, result }) => [file, result.schema])).toEqual([['1.json', 'rpbench/churn@1']])
    const result = repeatResult.parse(one!.result)
    expect(one!.file).toBe('0.json')
    expect(result).toMatchObject({ of: 'run', repeat: 3 })
    expect(result.independentRepetitions).toBeUndefined()
    expect(result.figures.find(({ metric }) => metric === 'rate.roundTrips')).toMatchObject({
      n: 3,
      median: 120,
      min: 100,
      max: 300,
    })
  })

  it('are joined by those of a repeated one', () => {
    const [two] = pooled(files(onPort(5001, 100), onPort(5002, 300)))
    const [three] = pooled(files(two!.result, onPort(5003, 200)))
    expect(repeatResult.parse(three!.result).repetitions.map(({ index }) => index)).toEqual([0, 1, 2])
  })

  it('are held against their limits together', () => {
    const [one] = pooled(files(limited(100), limited(300), limited(400)))
    expect(one!.result).toMatchObject({ thresholds: [{ outcome: 'pass', observed: 300, results: 3 }] })
  })

  it('on one port with one seed are one draw', () =>
    expect(pooled(files(onPort(5001, 1), onPort(5001, 2), onPort(5002, 3)))[0]!.result).toMatchObject({
      repeat: 3,
      independentRepetitions: 2,
    }))

  it('of another label, host, version or plan are not', () => {
    const run = sampleResult()
    const { plan } = run
    const others: RunResult[] = [
      { ...run, label: 'after' },
      { ...run, host: { ...run.host, kernel: 'another' } },
      { ...run, tool: { ...run.tool, version: '9.9.9' } },
      { ...run, plan: { ...plan, effective: { ...plan.effective, flows: 3 } } },
    ]
    expect(pooled(files(run, ...others))).toEqual(files(run, ...others))
  })
})
