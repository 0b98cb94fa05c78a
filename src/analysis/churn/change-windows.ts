/** How far response times are looked at before a change, and after it. */
export const BEFORE_NS = 1e9
const AFTER_NS = 500e6

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
