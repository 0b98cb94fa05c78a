import * as z from 'zod'
import { observingCost } from './observing-cost.js'
import { readers } from './readers.js'
import { count, index } from './scalars.js'

/** A socket of a server that is not ours, as this host's kernel shows it from outside. */
const targetSocket = z.object({
  inode: index.describe('by which the kernel knows it in this boot'),
  owner: z.string().describe('whose it is, as well as this user may know'),
  readers: readers.describe(
    'who was seen to read it when the measured phase began, in it, and at its end; absent where this user may not know',
  ),
  drops: count
    .optional()
    .describe(
      'datagrams that the kernel dropped at it in the measured phase, whoever sent them; absent of a listener of TCP',
    ),
  atBegin: z.boolean().describe('whether it was there when the measured phase began'),
  atEnd: z.boolean().describe('whether it was there when it ended'),
  flows: count.optional().describe('flows of ours that came to it; absent where nothing was counted there'),
  packets: count
    .optional()
    .describe(
      'packets of ours that came to it, of TCP requests for a connection, also those that its queue then had no room for; absent likewise',
    ),
})

/** What the kernel shows of a server that is not ours. */
export const targetSockets = z
  .array(targetSocket)
  .optional()
  .describe(
    'the sockets on the port of a server that is not ours; absent where it is on another host or in another namespace, and of a group of ours',
  )

/** What the observing cost. */
export const targetCost = z
  .object(observingCost)
  .optional()
  .describe('what observing the sockets cost; absent where nothing was observed by programs')

/** Why nothing was counted at them. */
export const targetUncounted = z
  .object({
    why: z.string().describe('as half a sentence'),
    needs: z.string().optional().describe('what it takes; absent where nothing gives it here'),
  })
  .optional()
  .describe(
    'why it is not known which of these sockets got what; absent where that was counted, or there are none',
  )

/** What a server of DNS said. */
export const answers = z
  .object({
    rcodes: z
      .array(
        z.object({
          rcode: z
            .string()
            .describe('as RFC 1035 and RFC 2136 name it, such as NOERROR; RCODE11 for one without a name'),
          count: count.describe('replies with it, in time or late'),
        }),
      )
      .describe('how the replies ended, the most frequent first'),
    truncated: count.describe('replies that did not hold all (TC): a resolver would ask again over TCP'),
    questions: count.describe('questions that were asked in turn'),
  })
  .optional()
  .describe('what a server of DNS answered; absent of any other protocol')

/** What a server of HTTP said. */
export const statuses = z
  .array(
    z.object({
      status: index.describe('status code, such as 200'),
      count: count.describe('replies with it, whole, in time or late'),
    }),
  )
  .optional()
  .describe(
    'how the replies of a server of HTTP ended, the most frequent first; absent of any other protocol',
  )

export type Statuses = NonNullable<z.infer<typeof statuses>>
export type TargetSocket = z.infer<typeof targetSocket>
export type Answers = NonNullable<z.infer<typeof answers>>
