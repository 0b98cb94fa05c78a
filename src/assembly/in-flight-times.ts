import type { InFlightTimes } from '../analysis/validity/observations.js'
import { portProtocolOf } from '../plan/protocol.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { Timed, WorkerReport } from '../recording/worker-report.js'
import type { Books } from '../result/run-result.js'
import { sum } from './figures.js'

/** How long requests were in flight by their number at each time, and by the latency of each. */
export function inFlightTimes(plan: RunPlan, reports: readonly WorkerReport[], books: Books): InFlightTimes {
  const integralNs = sum(reports.map((r) => r.inFlightIntegralNs))
  const givenUp = books.lost + books.late
  return {
    integralNs,
    answeredNs: answeredNs(plan, reports),
    answered: sum(recorded(reports, 'service').map(({ count }) => count)),
    givenUp,
    givenUpNs: givenUp * plan.timeoutNs,
    mean: sum(reports.map((r) => (r.activeNs > 0 ? r.inFlightIntegralNs / r.activeNs : 0))),
    waves: Math.max(1, plan.waves),
  }
}

const recorded = (reports: readonly WorkerReport[], of: Timed) =>
  reports.flatMap((r) => r.members.flatMap((m) => m.histograms[of] ?? []))

/**
 * From the asking to the reply, of all that were answered. Over TCP the service time begins when a request is written: before
 * that it waits for its connection, in an open loop also for the requests before it.
 */
function answeredNs({ protocol, rateHz }: RunPlan, reports: readonly WorkerReport[]): number {
  const total = (of: Timed): number => sum(recorded(reports, of).map((histogram) => histogram.sum))
  if (portProtocolOf(protocol) !== 'tcp') return total('service')
  if (rateHz === undefined) return total('service') + total('connect')
  // A response time begins when a request was due, that much before it was asked.
  const lags = reports.flatMap(({ lag }) => lag ?? [])
  const [sent, late] = [sum(lags.map(({ count }) => count)), sum(lags.map((lag) => lag.sum))]
  const answered = sum(recorded(reports, 'response').map(({ count }) => count))
  return total('response') - (sent > 0 ? late / sent : 0) * answered
}
