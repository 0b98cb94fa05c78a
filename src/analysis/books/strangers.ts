import { truesizeBytes } from '../../kernel/queue-capacity.js'
import type { StrangerRecording } from '../../recording/stranger-recording.js'

/**
 * How many datagrams of this size sockets of others took at least: what was dropped at them or stood in their queues when
 * they were last seen. What they had read by then, or got later, cannot be seen.
 */
export function datagramsAt(
  strangers: readonly Pick<StrangerRecording, 'drops' | 'queuedBytes'>[],
  payloadBytes: number,
): number {
  const truesize = truesizeBytes(payloadBytes)
  return strangers.reduce(
    (sum, { drops, queuedBytes }) => sum + drops + Math.floor(queuedBytes / truesize),
    0,
  )
}
