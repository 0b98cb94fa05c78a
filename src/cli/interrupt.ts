import { INTERRUPTED_STATUS } from './exit-status.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Handles Ctrl-C (and TERM, HUP): the first aborts the signal, so that the command can stop in good order; the
 * second ends the process at once, after `lastActs`, which must be synchronous.
 * @returns what the command awaits or hands on, and a function that gives the signals back
 */
export function watchInterrupts(lastActs: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      lastActs()
      process.exit(INTERRUPTED_STATUS)
    }
    controller.abort()
  }
  for (const name of SIGNALS) process.on(name, interrupt)
  return {
    signal: controller.signal,
    release: () => SIGNALS.forEach((name) => process.off(name, interrupt)),
  }
}
