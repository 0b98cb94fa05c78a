import type { PointSummary, SweepPointResult, SweepRun } from '../../result/sweep-result.js'
import { isMeasurement } from '../repetitions/measurement.js'
import { spreadOf } from '../repetitions/spread.js'

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
