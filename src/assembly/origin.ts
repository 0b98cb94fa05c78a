import type { RunResult } from '../result/run-result.js'

/** The rpbench that serves a group, and its host. */
export type Server = NonNullable<RunResult['server']>

/** Who measured, where, and what was asked for: what a result says beside what was measured. */
export interface Origin {
  toolVersion: string
  host: RunResult['host']
  /** what says the same of a group that another rpbench serves; absent of one of ours */
  server?: Server
  /** what the user gave, as given */
  supplied: Record<string, unknown>
}

/** The same of several measurements, and when they were. */
export interface SeriesOrigin extends Origin {
  startedAt: string
  /** wall time so far, ns */
  durationNs: number
  /** it has not come to its end, or not yet */
  interrupted: boolean
}

/** What every result of several measurements begins with. */
export function seriesHead({ toolVersion, host, startedAt, durationNs, interrupted }: SeriesOrigin): Pick<
  RunResult,
  'tool' | 'host' | 'startedAt' | 'durationNs'
> & {
  stopped?: 'interrupted'
} {
  return {
    tool: { name: 'rpbench', version: toolVersion },
    host,
    startedAt,
    durationNs: Math.round(durationNs),
    ...(interrupted && { stopped: 'interrupted' }),
  }
}
