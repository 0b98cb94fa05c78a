import { measuredOfSummary } from '../../metrics/measured.js'
import { readMetric } from '../../metrics/readers.js'
import type { MetricName } from '../../plan/metrics/table.js'
import type { PointSummary, SweepPointResult, SweepRun } from '../../result/sweep-result.js'
import { isMeasurement } from '../../metrics/measurement.js'
import { spreadOf } from '../../metrics/spread.js'

/** The metrics that a point is summed up by: the first of each that its runs have. */
const FIGURES: Readonly<Record<keyof PointSummary, readonly MetricName[]>> = {
  roundTripsPerSecond: ['rate.roundTrips'],
  p50Ns: ['latency.response.p50', 'latency.service.p50'],
  p99Ns: ['latency.response.p99', 'latency.service.p99'],
  lossShare: ['loss.share'],
  flowsMaxOverMean: ['balance.maxOverMean'],
  deliveredMaxOverMean: ['delivery.maxOverMean'],
}

/** The value of the first of these metrics that is defined. Those of an unknown spread stand in no summary. */
function figureOf(run: SweepRun, names: readonly MetricName[]): number[] {
  const measured = measuredOfSummary(run)
  const [first] = names.flatMap((name) => readMetric(name, measured) ?? [])
  return first === undefined || first.partial ? [] : [first.value]
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
    Object.entries(FIGURES).flatMap(([name, metrics]) => {
      const spread = spreadOf(good.flatMap((run) => figureOf(run, metrics)))
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
