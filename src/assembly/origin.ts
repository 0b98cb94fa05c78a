import type { RunResult } from '../result/run-result.js'

/** Who measured, where, and what was asked for: what a result says beside what was measured. */
export interface Origin {
  toolVersion: string
  host: RunResult['host']
  /** what the user gave, as given */
  supplied: Record<string, unknown>
}
