import * as z from 'zod'
import { count } from './scalars.js'

/** What became of connections, as the client counted them. */
export const connections = z.object({
  opened: count.describe(
    'times that the client began to connect: established + refused + timedOut + failed + unfinished',
  ),
  established: count.describe('of those, the ones that came about'),
  refused: count.describe('of those, the ones that were refused: nobody listened'),
  timedOut: count.describe('of those, the ones that the kernel gave up'),
  failed: count.describe('of those, the ones that failed otherwise'),
  unfinished: count.describe('of those, the ones that were still to come about when the client closed them'),
  closed: count.describe('established ones that the client closed, by a reset'),
  resetByServer: count.describe('established ones that the server reset, or that broke otherwise'),
  closedByServer: count.describe('established ones that the server closed'),
  accepted: count
    .optional()
    .describe('connections that members took off their accept queues, by their own count'),
  unwritten: count.describe(
    'requests of `sent` whose connection did not come about; they are in `noSocket` of the books',
  ),
  cut: count.describe('requests that were written to a connection that ended before their reply'),
})

export type Connections = z.infer<typeof connections>
