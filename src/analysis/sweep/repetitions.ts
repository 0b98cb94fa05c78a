import { medianOfAscending } from '../../stats/median.js'
import type { PointSummary, SweepPointResult, SweepRun, SweepSpread } from '../../result/sweep-result.js'

/** Whether a run's figures may stand in a summary: it came to its end, and is a measurement. */
export function isMeasurement({ error, stopped, validity }: SweepRun): boolean {
  return !error && !stopped && validity !== undefined && validity.verdict !== 'invalid'
}

/** Median, least and greatest; undefined for no values. */
export function spreadOf(values: readonly number[]): SweepSpread | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  return {
    median: medianOfAscending(sorted),
    min: sorted[0]!,
    max: sorted.at(-1)!,
  }
}

const FIGURES: Readonly<Record<keyof PointSummary, (run: SweepRun) => number | undefined>> = {
  roundTripsPerSecond: (run) => run.roundTripsPerSecond,
  p50Ns: ({ latency }) => (latency?.response ?? latency?.service)?.p50Ns,
  p99Ns: ({ latency }) => (latency?.response ?? latency?.service)?.p99Ns,
  lossShare: (run) => run.lossShare,
  flowsMaxOverMean: (run) => run.flowsMaxOverMean,
  deliveredMaxOverMean: (run) => run.deliveredMaxOverMean,
}

/** A point with what its repetitions gave. Runs that are no measurement are counted, and in no figure. */
export function summarisePoint(
  { index, flags }: Pick<SweepPointResult, 'index' | 'flags'>,
  runs: readonly SweepRun[],
): SweepPointResult {
  const own = runs.filter(({ point }) => point === index)
  const count = (verdict: string): number =>
    own.filter((run) => !run.error && !run.stopped && run.validity?.verdict === verdict).length
  // Trials of a search differ in their load: they are no repetitions.
  const good = own.filter((run) => isMeasurement(run) && run.trial === undefined)
  const summary = Object.fromEntries(
    Object.entries(FIGURES).flatMap(([name, figure]) => {
      const spread = spreadOf(good.map(figure).filter((value) => value !== undefined))
      return spread ? [[name, spread]] : []
    }),
  ) as PointSummary
  return {
    index,
    flags,
    runs: {
      valid: count('valid'),
      suspect: count('suspect'),
      invalid: count('invalid'),
      failed: own.filter(({ error, stopped }) => error ?? stopped).length,
    },
    ...(good.length > 0 && { summary }),
  }
}
