import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until a condition holds, looking once a millisecond: the other side is native code in another process, which
 * answers through shared memory and cannot call back.
 * @returns false when it did not hold within `boundMs`
 */
export async function until(condition: () => boolean, boundMs: number): Promise<boolean> {
  const end = performance.now() + boundMs
  while (!condition()) {
    if (performance.now() > end) return false
    await delay(1)
  }
  return true
}
