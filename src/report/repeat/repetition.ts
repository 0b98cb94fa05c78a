import { readMetric } from '../../metrics/readers.js'
import type { Repetition } from '../../result/repeat-result.js'
import type { ChurnResult } from '../../result/churn-result.js'
import type { RunResult } from '../../result/run-result.js'

/** What a run and a run through changes have in common. */
export type Measured = Pick<
  RunResult | ChurnResult,
  'latency' | 'throughput' | 'books' | 'validity' | 'stopped'
> &
  Partial<Pick<RunResult, 'balance'>> &
  Partial<Pick<ChurnResult, 'changes'>>

/** The result of a repetition; undefined where it could not be done. */
export function resultOf({ run, churn }: Repetition): Measured | undefined {
  return run ?? churn
}

/** How it came out: its verdict, or why it has none. */
export function outcomeOf(
  repetition: Repetition,
): 'valid' | 'suspect' | 'invalid' | 'interrupted' | 'failed' {
  const measured = resultOf(repetition)
  return measured?.stopped ?? measured?.validity.verdict ?? 'failed'
}

/** Of the requests that were due, those without a reply in time; undefined where none was due. */
export function lossShareOf({ books }: Pick<Measured, 'books'>): number | undefined {
  return readMetric('loss.share', { books })?.value
}
