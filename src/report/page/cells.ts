import type { Latency, LatencySummary } from '../../result/latency.js'
import { formatCount, formatDuration } from '../../units/format.js'

/** A count, or a rate; nothing where there is none. */
export const countCell = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : formatCount(value)

/** A time, from ns; nothing where there is none. */
export const durationCell = (ns: number | undefined): string | undefined =>
  ns === undefined ? undefined : formatDuration(ns)

/** What a user would feel where that is known: the response time of an open loop, else the service time. */
export const timeOf = ({ latency }: { latency?: Latency | undefined }): LatencySummary | undefined =>
  latency?.response ?? latency?.service

/** Anything of a plan, as one would write it. */
export const plainText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
