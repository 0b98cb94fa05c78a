import type { TaskState } from '../recording/silence.js'
import type { GroupCounters } from './counters.js'
import { until } from './until.js'

/** Who counts into a block of the shared memory. */
export interface Counting {
  block: number
  /** whether it has ended, so that nothing more is to be heard of it */
  gone: () => boolean
}

/** How long one of them may take to say what it has counted before that is done without it. */
export const ANSWER_BOUND_MS = 2_000

/** How long one that was told to end is waited for; not at all where somebody else would have to let it go first. */
export function boundOfEnd(state: TaskState | undefined): number {
  return state === 'frozen' || state === 'traced' ? 0 : ANSWER_BOUND_MS
}

/** Has all of them publish their counters afresh, and waits for it. */
export async function publishAfresh(counters: GroupCounters, all: readonly Counting[]): Promise<void> {
  const asked = all.map(({ block, gone }) => ({ block, gone, number: counters.ask(block) }))
  await until(
    () => asked.every(({ block, gone, number }) => gone() || counters.read(block).answered >= number),
    ANSWER_BOUND_MS,
  )
}

/**
 * Waits until each of them has found its queue empty after this call, with all that it had taken before done. Where
 * they share one queue, that holds for the queue: it was empty once, and who took the last of it has done it since.
 * @returns false when one of them did not get there within `boundMs`
 */
export async function untilEmptied(
  counters: GroupCounters,
  all: readonly Counting[],
  boundMs: number,
): Promise<boolean> {
  const before = all.map(({ block, gone }) => ({ block, gone, emptied: counters.read(block).emptied }))
  return until(
    // Two turns: the first may have begun before the last datagram came.
    () => before.every(({ block, gone, emptied }) => gone() || counters.read(block).emptied >= emptied + 2),
    boundMs,
  )
}
