import { doctor } from '../experiment/doctor.js'
import type { DoctorResult } from '../result/doctor-result.js'
import { hostFacts } from './host-facts.js'
import { TOOL_VERSION } from './tool-version.js'

/** What a caller may want of it while it goes on. */
export interface WatchingDoctor {
  /** ends it before its time: what was probed comes back, marked as interrupted */
  signal?: AbortSignal | undefined
  /** told what is probed, before it is */
  onProgress?: ((what: string) => void) | undefined
}

/**
 * Finds out what this host can measure, and what limits it.
 * @throws RpbenchError RPB_HOST where there is no /proc
 */
export function diagnose({ signal, onProgress }: WatchingDoctor): Promise<DoctorResult> {
  return doctor({
    facts: hostFacts(),
    toolVersion: TOOL_VERSION,
    signal: signal ?? new AbortController().signal,
    onProgress: onProgress ?? (() => {}),
  })
}
