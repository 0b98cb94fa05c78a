import { causesOfLosses } from '../analysis/churn/change-losses.js'
import type { Recording } from '../recording/recording.js'
import type { TimelineData } from '../recording/worker-report.js'
import type { LossCounts } from '../result/churn-result.js'
import type { Books } from '../result/run-result.js'
import { sum } from './figures.js'

/** What became of requests that were sent from a change on, until the next. */
export interface ChangeLosses {
  lost: number
  late: number
  lostTo: LossCounts
}

/** What was lost at each change that was carried out, and to what. */
export function changeLossesOf(
  { changes, reports, group, startNs }: Recording,
  { closedWithSocket = 0, leftAtMembers = 0 }: Books,
): ChangeLosses[] {
  if (changes === undefined) return []
  const { done, failed, lossesBefore, lossesAfter } = changes
  // A change that failed may have been carried out in part.
  const began = [...done, ...(failed ? [failed] : [])]
  const timelines = reports.flatMap(({ trace }) => trace?.timeline ?? [])
  // The kernel's count is of all ports: it is ours only where our flows heard that nobody was there.
  const heard = reports.some(({ refused }) => refused > 0)
  const unasked = group.lives.some(({ died, cutOff }) => died !== undefined || cutOff)
  const readings = [lossesBefore, ...began.map(({ losses }) => losses), lossesAfter]
  const counted = readings.slice(1).map((after, i) => {
    const before = readings[i]!
    const fromNs = i === 0 ? startNs : before.atNs
    const toNs = i === began.length ? Infinity : after.atNs
    const [sent, replied, late] = (['sent', 'replied', 'late'] as const).map((of) =>
      countIn(timelines, of, fromNs, toNs),
    ) as [number, number, number]
    return {
      lost: sent - replied - late,
      late,
      dropped: after.droppedAtMembers - before.droppedAtMembers,
      noPorts: heard ? (after.noPorts ?? 0) - (before.noPorts ?? 0) : 0,
      closing:
        unasked ||
        began.slice(Math.max(0, i - 1)).some(({ steps }) => steps.some((s) => s.action === 'stop')),
    }
  })
  const causes = causesOfLosses(counted, { closedWithSocket, leftAtMembers })
  // Before the first change there is a stretch of its own.
  return done.map((_, i) => {
    const { lost, late } = counted[i + 1]!
    return { lost, late, lostTo: causes[i + 1]! }
  })
}

/** What a count of the workers' timelines comes to in the intervals that begin in [fromNs, toNs). */
function countIn(
  timelines: readonly TimelineData[],
  of: 'sent' | 'replied' | 'late',
  fromNs: number,
  toNs: number,
): number {
  return sum(
    timelines.map((timeline) => {
      const [first, end] = [fromNs, toNs].map((ns) => Math.ceil(ns / timeline.intervalNs))
      return timeline[of].subarray(Math.max(0, first!), Math.max(0, end!)).reduce((total, n) => total + n, 0)
    }),
  )
}
