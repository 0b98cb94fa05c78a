import type { RunResult } from '../result/run-result.js'

/** Whether a run's figures may stand in a summary: it came to its end, and is a measurement. */
export function isMeasurement({
  error,
  stopped,
  validity,
}: {
  error?: unknown
  stopped?: string | undefined
  validity?: Pick<RunResult['validity'], 'verdict'> | undefined
}): boolean {
  return (
    error === undefined && stopped === undefined && validity !== undefined && validity.verdict !== 'invalid'
  )
}
