import * as z from 'zod'
import { count, index } from './scalars.js'

/** A thread that reads a socket of a server that is not ours. */
export const reader = z.object({
  pid: index.describe('process'),
  threadId: index.describe('thread'),
  name: z.string().describe('name of the thread'),
  by: z
    .enum(['epoll', 'receive', 'accept', 'poll', 'select', 'io_uring', 'taking'])
    .describe(
      'in which call it was seen to wait for the socket: on an epoll set that has it, on itself, or in poll or select. Of one that only a program saw to take: `io_uring` where it waits there, or a thread of the kernel took for it; else `taking`',
    ),
  taken: count
    .optional()
    .describe(
      'calls of it that took datagrams or a connection, as a program saw them; absent where none saw any, below `explain`',
    ),
  inVain: count.optional().describe('calls of it that found nothing; absent likewise'),
})

/** Who reads a socket. */
export const readers = z
  .object({
    threads: z.array(reader).describe('threads that were seen to wait for it, or to take from it'),
    registeredBy: z.array(index).describe('processes that have it in an epoll set'),
    othersUnseen: z
      .boolean()
      .describe(
        'whether others may read it unseen: by io_uring, or threads that were never seen to wait; not where a program saw who took',
      ),
    takesSeen: z
      .literal(true)
      .optional()
      .describe(
        'a program saw all who take from it (`explain`); absent where none looked, and where it saw others than its holders',
      ),
  })
  .optional()

export type Readers = NonNullable<z.infer<typeof readers>>
