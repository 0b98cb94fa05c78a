import type { TimelineData } from '../../recording/worker-report.js'

/** What became of the requests of a stretch of time. */
export interface Stretch {
  sent: number
  lost: number
  late: number
  /** how long it took, from its beginning, until the last answer that was missing; absent where none was */
  backNs?: number
}

/**
 * What became of the requests that were sent from `fromNs` on and before `toNs`, ns since the run's epoch, by the counts of all client
 * threads. Exact to the interval of the timelines: one belongs to the stretch in which it begins.
 */
export function stretchOf(timelines: readonly TimelineData[], fromNs: number, toNs: number): Stretch {
  const stretch: Stretch = { sent: 0, lost: 0, late: 0 }
  for (const { intervalNs, sent, replied, late } of timelines) {
    const first = Math.max(0, Math.ceil(fromNs / intervalNs))
    const end = Math.min(sent.length, Math.ceil(toNs / intervalNs))
    for (let i = first; i < end; i++) {
      const lost = sent[i]! - (replied[i] ?? 0) - (late[i] ?? 0)
      stretch.sent += sent[i]!
      stretch.late += late[i] ?? 0
      stretch.lost += lost
      if (lost > 0) stretch.backNs = Math.max(stretch.backNs ?? 0, (i + 1) * intervalNs - fromNs)
    }
  }
  return stretch
}
