import * as z from 'zod'
import { count, finite, meanNs, ns } from './scalars.js'

const bounds = z.object({
  lowNs: ns.optional().describe('lower bound; absent where there are too few values for one'),
  highNs: ns.optional().describe('upper bound; absent where there are too few values for one'),
})

/** Exact min, max and mean of the recorded values; percentiles to three significant digits. */
export const latencySummary = z.object({
  count: count.describe('values that were recorded'),
  minNs: ns.describe('the least, exact'),
  meanNs: meanNs.describe('the mean, exact'),
  p50Ns: ns.describe('50 % are at most this, to three significant digits'),
  p90Ns: ns.describe('90 % are at most this, to three significant digits'),
  p99Ns: ns.describe('99 % are at most this, to three significant digits'),
  p999Ns: ns.describe('99.9 % are at most this, to three significant digits'),
  maxNs: ns.describe('the greatest, exact'),
  confidence: z
    .object({
      p50Ns: bounds.describe('of `p50Ns`'),
      p90Ns: bounds.describe('of `p90Ns`'),
      p99Ns: bounds.describe('of `p99Ns`'),
      p999Ns: bounds.describe('of `p999Ns`'),
    })
    .optional()
    .describe(
      'between which values the percentiles of what was sampled lie, with 99 % confidence if requests were independent (order statistics); only of all members together',
    ),
})

/** How far the times that begin with the stamp of a request can be trusted. */
export const stampError = z.object({
  count: count.describe('requests that were compared'),
  meanNs: meanNs.describe('the mean'),
  p99Ns: ns.describe('99 % are at most this'),
  ofService: finite
    .nonnegative()
    .describe('`meanNs` over the mean service time of the measured phase; above 1 where it is the larger'),
})

export const latency = z.object({
  service: latencySummary.describe('service time: actual send to reply'),
  response: latencySummary
    .optional()
    .describe('response time: intended send to reply; only in an open loop, which has a schedule'),
  connect: latencySummary
    .optional()
    .describe(
      'from connect() until the connection was there: of connections on which a reply came; only where flows are connections',
    ),
  stampError: stampError
    .optional()
    .describe(
      "how far the stamps of requests lay from the kernel's of their arrival at the member, in the second half of the warm-up: what service times are off by, give or take one send; absent without a warm-up or such stamps, and per member",
    ),
})

export const legs = z.object({
  request: latencySummary
    .optional()
    .describe(
      "client's send → arrival in the member's socket queue (kernel receive timestamp); absent without such timestamps",
    ),
  queue: latencySummary
    .optional()
    .describe(
      'arrival in the queue of the UDP socket → read by the member, by way of the front where there is one; absent without kernel timestamps',
    ),
  server: latencySummary.describe('read by the member → echoed by it'),
  reply: latencySummary.describe('echoed → read by the client'),
})

export type LatencySummary = z.infer<typeof latencySummary>
export type Latency = z.infer<typeof latency>
export type Legs = z.infer<typeof legs>
