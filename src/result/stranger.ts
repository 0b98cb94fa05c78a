import { z } from 'zod'
import { bytes, count, ns } from './scalars.js'

/** A socket of somebody else on the group's port. */
export const stranger = z.object({
  owner: z.string().describe('process that holds it, or its user where that may not be known'),
  firstSeenNs: ns.describe('when it was first seen, since the measured phase began'),
  lastSeenNs: ns.describe('when it was last seen, since the measured phase began'),
  drops: count.describe(
    'datagrams that the kernel dropped at it in the measured phase, when it was last seen',
  ),
  queuedBytes: bytes.describe('in its queue when it was last seen, as the kernel counts memory'),
})

export type StrangerResult = z.infer<typeof stranger>
