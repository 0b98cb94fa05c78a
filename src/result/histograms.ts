import * as z from 'zod'
import { count, index, instant, meanNs, ns } from './scalars.js'

/** A histogram of times, such that it can be read again, added to others, and asked for any percentile. */
export const savedHistogram = z.object({
  count: count.describe('values that were recorded'),
  minNs: ns.describe('the least, exact'),
  meanNs: meanNs.describe('the mean, exact'),
  maxNs: ns.describe('the greatest, exact: no percentile is above it'),
  hdr: z
    .base64()
    .describe('the counts: HdrHistogram V2, compressed, base64; values in ns, three significant digits'),
})

const times = {
  service: savedHistogram.optional().describe('service time: actual send to reply'),
  response: savedHistogram.optional().describe('response time: intended send to reply; only in an open loop'),
}

/** Histograms of a measured phase. What members have is not held once more for all of them: adding theirs gives it. */
export const histograms = z.object({
  startedAt: instant.describe('when the measured phase began, whose length is `durationNs`'),
  members: z
    .array(z.object({ index: index.describe('index of the member'), ...times }))
    .describe(
      'of the replies in time of each member that sent any: response times in an open loop, service times in a closed one',
    ),
  all: z
    .object({
      service: times.service,
      connect: savedHistogram
        .optional()
        .describe('from connect() until the connection was there; only where flows are connections'),
      request: savedHistogram.optional().describe('leg: client’s send → arrival in the socket queue'),
      queue: savedHistogram.optional().describe('leg: arrival in the socket queue → read by the member'),
      server: savedHistogram.optional().describe('leg: read by the member → echoed by it'),
      reply: savedHistogram.optional().describe('leg: echoed → read by the client'),
      lag: savedHistogram
        .optional()
        .describe('how far behind its intended time each request was sent; only in an open loop'),
    })
    .describe('of all members together, what is not held for each'),
})

export type SavedHistogramResult = z.infer<typeof savedHistogram>
export type Histograms = z.infer<typeof histograms>
