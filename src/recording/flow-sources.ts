import { sourceOf } from '../plan/flow-sources.js'
import type { WorkerReport } from './worker-report.js'

/** Source address and port of every flow, in the order of flow ids, computed when walked through. */
export function* flowSources(
  reports: readonly Pick<WorkerReport, 'sources' | 'sent'>[],
): Generator<{ address: string; port: number }> {
  for (const { sources, sent } of reports)
    for (let flow = 0; flow < sent.length; flow++) yield sourceOf(sources, flow)
}

/** How many sockets flows share; 0 where each has one, or they share devices. */
export const sharedSocketsOf = (reports: readonly Pick<WorkerReport, 'sources'>[]): number =>
  reports.reduce(
    (sum, { sources }) => sum + ('ports' in sources && !sources.device ? sources.ports.length : 0),
    0,
  )

/** How many TUN devices they share. */
export const devicesOf = (reports: readonly Pick<WorkerReport, 'sources'>[]): number =>
  reports.filter(({ sources }) => 'ports' in sources && sources.device).length
