import { togetherOf } from '../analysis/shards/together.js'
import { apartInWords } from '../advice/shard-words.js'
import type { Finding, RunResult } from '../result/run-result.js'

type Validity = RunResult['validity']
type Check = Validity['checks'][number]

/** Which part of a plan said it. */
interface Said extends Pick<RunResult, 'validity'> {
  index: number
}

const VERDICTS = ['valid', 'suspect', 'invalid'] as const
const worst = (verdicts: readonly Validity['verdict'][]): Validity['verdict'] =>
  VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? 'valid'

/** Of the longest part, the share in which all must have measured, so that their rates are those of all at once. */
const LEAST_TOGETHER = 0.9

/**
 * Whether what all parts say together can be trusted: the worst that any of them says, with its findings, each with the parts
 * that it is of; and whether they measured at the same time.
 */
export function mergedValidity(shards: readonly Said[], times: Parameters<typeof togetherOf>[0]): Validity {
  const apart = apartOf(times)
  const findings = [...(apart ? [apart.finding] : []), ...named(shards)]
  return {
    verdict: worst([
      ...shards.map(({ validity }) => validity.verdict),
      ...(apart && !apart.check.passed ? (['suspect'] as const) : []),
    ]),
    findings: findings.filter((finding) => finding !== undefined),
    checks: [...worstChecks(shards), ...(apart ? [apart.check] : [])],
  }
}

function apartOf(
  times: Parameters<typeof togetherOf>[0],
): { check: Check; finding: Finding | undefined } | undefined {
  const longest = Math.max(...times.map(({ durationNs }) => durationNs))
  if (times.length < 2 || longest === 0) return undefined
  const together = togetherOf(times)
  const measured = Math.min(1, together.commonNs / longest)
  const figures = { code: 'shards-apart', measured, limit: LEAST_TOGETHER }
  const passed = measured >= LEAST_TOGETHER
  return {
    check: { ...figures, passed },
    finding: passed
      ? undefined
      : { ...figures, severity: 'suspect', ...apartInWords(times.length, together.commonNs, longest) },
  }
}

/** Findings of all parts: one that several make in the same words stands once. */
function named(shards: readonly Said[]): Finding[] {
  const alike = new Map<string, { finding: Finding; indices: number[] }>()
  for (const { index, validity } of shards)
    for (const finding of validity.findings) {
      const key = JSON.stringify([finding.code, finding.severity, finding.message])
      const found = alike.get(key) ?? { finding, indices: [] }
      found.indices.push(index)
      alike.set(key, found)
    }
  return [...alike.values()]
    .map(({ finding, indices }) => ({
      ...finding,
      message: `${whoSays(indices, shards.length)}: ${finding.message}`,
    }))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}

const SEVERITIES: readonly Finding['severity'][] = ['invalid', 'suspect', 'note']

/** Ascending numbers, those that follow one another as `1–3`. */
function rangesOf(ascending: readonly number[]): string[] {
  const ranges: [number, number][] = []
  for (const index of ascending) {
    const last = ranges.at(-1)
    if (last && index === last[1] + 1) last[1] = index
    else ranges.push([index, index])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`))
}

function whoSays(indices: readonly number[], count: number): string {
  if (indices.length === count) return `all ${count} shards`
  return `${indices.length === 1 ? 'shard' : 'shards'} ${rangesOf(indices).join(', ')} of ${count}`
}

/** Each check once: as it was where it failed, else where the figure was largest. */
function worstChecks(shards: readonly Said[]): Check[] {
  const checks = new Map<string, Check>()
  for (const check of shards.flatMap(({ validity }) => validity.checks)) {
    const before = checks.get(check.code)
    if (
      before === undefined ||
      (before.passed && !check.passed) ||
      (before.passed === check.passed && check.measured > before.measured)
    )
      checks.set(check.code, check)
  }
  return [...checks.values()]
}
