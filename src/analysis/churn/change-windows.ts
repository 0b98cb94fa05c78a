import type { GroupChange } from '../../plan/group-change.js'

/** How far response times are looked at before a change, and after it. */
export const BEFORE_NS = 1e9
const AFTER_NS = 500e6

/** From when on datagrams and response times count to a change. @param intervalNs of the timeline that holds them */
export function countedFromNs(
  { change, askedNs }: { change: GroupChange; askedNs: number },
  intervalNs: number,
): number {
  // The interval in which a change began holds what was queued at it: it counts to the change; but what was lost until
  // a member resumed was lost to its stall.
  return change.kind === 'resume' ? askedNs : askedNs - intervalNs
}

/** The time before a change that counts from `fromNs` on, back to the change before it at most. */
export function windowBefore(
  { askedNs, fromNs }: { askedNs: number; fromNs: number },
  previousNs: number,
): { fromNs: number; toNs: number } {
  return { fromNs: Math.max(previousNs, askedNs - BEFORE_NS), toNs: fromNs }
}

/** The time from where a change counts until its effects are over, or the next one counts. */
export function windowDuring(
  { fromNs, doneNs }: { fromNs: number; doneNs: number },
  nextFromNs: number,
): { fromNs: number; toNs: number } {
  return { fromNs, toNs: Math.min(doneNs + AFTER_NS, nextFromNs) }
}
