import * as z from 'zod'
import { bytes, count, ns } from './scalars.js'

/** Somebody else on the group's port. */
export const stranger = z.object({
  owner: z
    .string()
    .describe('process that was there, its user where that may not be known, or that nobody knows'),
  sockets: count.optional().describe('that it had there, one after another or at a time; 1 when absent'),
  firstSeenNs: ns.describe('when it was first seen, since the measured phase began'),
  lastSeenNs: ns.describe('when it was last seen, since the measured phase began'),
  drops: count.describe(
    'datagrams that the kernel dropped at its sockets in the measured phase, when they were last seen; of one that was closed before it was seen nobody knows',
  ),
  queuedBytes: bytes.describe(
    'in their queues when they were last seen or closed, as the kernel counts memory',
  ),
})

export type StrangerResult = z.infer<typeof stranger>
