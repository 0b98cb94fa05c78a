import { flagOf } from '../plan/parameters/table.js'
import * as z from 'zod'
import { reader } from './readers.js'
import { count, index, ns } from './scalars.js'

/** A command that was run while a target was asked, and what came of it. */
const command = z.object({
  command: z.string().describe('as it was given'),
  atNs: ns.describe('when it was started, since the measured phase began'),
  tookNs: ns.optional().describe('until it ended; absent of one that was ended with the run'),
  exitStatus: index
    .optional()
    .describe('absent of one that ended by a signal, was not started or was ended with the run'),
  signal: z.string().optional().describe('that ended it'),
  failure: z.string().optional().describe('why it could not be started'),
  output: z
    .string()
    .optional()
    .describe('the beginning of what it printed, 4096 characters at most; absent of none'),
  sent: count.describe('requests sent from then on, until the next command or the end'),
  lost: count.describe('of those, the ones that were never answered'),
  late: count.describe('of those, the ones that were answered after their deadline'),
  backNs: ns
    .optional()
    .describe('from its start until the last of those that were lost was sent; absent where none was'),
  flows: z
    .object({
      seen: count.describe(
        'flows of ours that came to sockets of the target before it, since the previous command, and after it, until the next or the end',
      ),
      moved: count.describe(
        'of those, the ones that came after it to a socket to which they had not come before',
      ),
    })
    .optional()
    .describe(
      'over TCP those that connected on both sides; absent where what comes to the sockets is not counted',
    ),
  sockets: z
    .object({
      kept: count.describe('that were there before it and are after it (the same inodes)'),
      closed: count.describe('that were there before it alone'),
      opened: count.describe('that are there after it alone'),
    })
    .optional()
    .describe("sockets on the target's port; absent where they cannot be seen"),
  readers: z
    .array(
      z.object({
        inode: index.describe('of the socket'),
        before: z
          .array(reader)
          .optional()
          .describe(
            '0.3 s before it was started: threads that waited for it, or took since the command before; absent where it was not there, or this user may not know',
          ),
        after: z
          .array(reader)
          .optional()
          .describe(
            'before the next one, or at the end: threads that waited for it, or took since it was started; absent likewise',
          ),
      }),
    )
    .optional()
    .describe(
      'who read each socket before and after it; absent where that is known of none, and where another command, or the beginning, is nearer than 0.6 s',
    ),
  readersUnknown: z
    .string()
    .optional()
    .describe('why that is known of none; absent where it is, or there are no sockets to see'),
})

export const commands = z
  .array(command)
  .optional()
  .describe(
    `commands that were run in the measured phase (\`${flagOf('on')}\`), in the order of time; absent without any`,
  )

export type CommandResult = z.infer<typeof command>
