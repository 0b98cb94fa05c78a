import { judgeResult } from '../metrics/judged.js'
import { parseThreshold } from '../plan/thresholds.js'
import type { ChurnResult } from '../result/churn-result.js'
import type { Repetition, RepeatResult } from '../result/repeat-result.js'
import type { RunResult } from '../result/run-result.js'
import type { SavedResult } from '../result/saved-result.js'
import { assembleRepeat } from './repeat.js'

type Repeatable = RunResult | ChurnResult | RepeatResult

/** What draws of one plan may differ in: each takes its own. */
const DRAWN = new Set(['seed'])

/**
 * Results, with those of one plan, label, host and version of the tool as one result of repetitions: it stands where the first of them
 * stood. A result that is alone stays as it is.
 */
export function pooled<Saved extends { result: SavedResult }>(
  saved: readonly Saved[],
): (Omit<Saved, 'result'> & { result: SavedResult })[] {
  const sets = new Map<string, Saved[]>()
  for (const [i, one] of saved.entries()) {
    const key = isRepeatable(one.result) ? planKey(one.result) : String(i)
    sets.set(key, [...(sets.get(key) ?? []), one])
  }
  return [...sets.values()].map((set) => {
    const [first] = set as [Saved]
    return set.length === 1
      ? first
      : { ...first, result: together(set.map(({ result }) => result as Repeatable)) }
  })
}

function isRepeatable(result: SavedResult): result is Repeatable {
  return (
    result.schema === 'rpbench/run@1' ||
    result.schema === 'rpbench/churn@1' ||
    result.schema === 'rpbench/repeat@1'
  )
}

const commandOf = (result: Repeatable): RepeatResult['of'] =>
  'of' in result ? result.of : result.schema === 'rpbench/churn@1' ? 'churn' : 'run'

function planKey(result: Repeatable): string {
  const { tool, label, plan } = result
  const { traits: _apart, ...host } = result.host
  const effective = Object.entries(plan.effective)
    .filter(([key]) => !DRAWN.has(key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([commandOf(result), host, tool, label, effective])
}

function together(results: readonly Repeatable[]): RepeatResult {
  const [first] = results as [Repeatable]
  const repetitions = results.flatMap(repetitionsOf).map((one, index) => ({ ...one, index }))
  const independent = independentOf(repetitions, first.plan.effective.port)
  const before = results.flatMap(({ thresholds = [] }) => thresholds)
  const limits = new Set(before.map(({ expression }) => expression))
  const on = before.find(({ aggregate }) => aggregate !== undefined)?.aggregate
  const result = assembleRepeat(
    {
      toolVersion: first.tool.version,
      host: first.host,
      supplied: first.plan.supplied,
      startedAt: first.startedAt,
      durationNs: results.reduce((sum, { durationNs }) => sum + durationNs, 0),
      interrupted: false,
      of: commandOf(first),
      repeat: repetitions.length,
      effective: first.plan.effective,
      independentRepetitions: independent < repetitions.length ? independent : undefined,
    },
    repetitions,
  )
  const thresholds = [...limits].map((text) => ({
    ...parseThreshold(text, '--threshold'),
    ...(on !== undefined && { on }),
  }))
  return {
    ...result,
    ...(first.label !== undefined && { label: first.label }),
    ...(limits.size > 0 && { thresholds: judgeResult(result, thresholds) }),
  }
}

function repetitionsOf(result: Repeatable): Omit<Repetition, 'index'>[] {
  if ('repetitions' in result) return result.repetitions
  const one = { seed: result.plan.effective.seed, wallNs: result.durationNs }
  return [result.schema === 'rpbench/churn@1' ? { ...one, churn: result } : { ...one, run: result }]
}

/**
 * How many have no source in common with another, as far as that can be said: a source at another port is another flow; at the
 * same port draws of different results may share sources.
 */
function independentOf(repetitions: readonly Omit<Repetition, 'index'>[], port: number): number {
  if (port !== 0) return 1
  const draws = repetitions.map(({ seed, run, churn }) => `${(run ?? churn)?.group.port} ${seed}`)
  return new Set(draws).size
}
