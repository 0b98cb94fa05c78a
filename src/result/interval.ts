import * as z from 'zod'
import { flagOf } from '../plan/parameters/table.js'
import { latency } from './latency.js'
import { count, finite, index, ns, rate } from './scalars.js'
import { INTERVAL_SCHEMA } from './schema-names.js'

/** Who of the group it is: a member in one of its lives. */
const life = {
  member: index.describe('index of the member'),
  generation: index.describe('which of its lives: 0 for the first, 1 for the one started in its place'),
}

const intervalMember = z.object({
  ...life,
  taken: count.describe('datagrams that it took from its socket in this interval'),
  drops: count
    .optional()
    .describe(
      'datagrams that the kernel dropped at its socket in this interval; absent where members share one socket',
    ),
})

const mark = z.object({
  kind: z
    .enum(['change', 'failed-change', 'death', 'silent', 'back'])
    .describe(
      'a change of the group, one that failed, the end of a member (or the front) that was not told to end, the beginning of a time in which one stood still though no change asked it to, or the end of that time',
    ),
  atNs: ns.describe('when; since the measured phase began'),
  change: z.string().optional().describe('what was changed, in the words of the flag; only of changes'),
  member: life.member.optional().describe('index of the member; absent for a change and for the front'),
  generation: life.generation.optional().describe('of its life; absent for a change and for the front'),
})

/** What was counted between two moments of the measured phase. */
export const interval = z.object({
  fromNs: ns.describe('when it began, as it was measured; since the measured phase began'),
  toNs: ns.describe(
    'when it ended, as it was measured: later than planned where this process came late to its turn',
  ),
  phase: z
    .enum(['load', 'drain'])
    .describe(
      '`load`: requests were sent. `drain`: none any more, only answers were waited for; at most one interval, the last',
    ),
  sent: count.describe('requests that were sent in it'),
  replied: count.describe('replies that came in it, in time, whenever their request was sent'),
  late: count.describe('replies that came in it after their deadline'),
  givenUp: count.describe(
    'requests whose deadline passed in it without a reply: lost, or late where a reply still came; over all intervals lost and late together',
  ),
  achievedPerSecond: rate.optional().describe('requests sent, by its measured length; absent for a drain'),
  roundTripsPerSecond: rate
    .optional()
    .describe('replies in time, by its measured length; absent for a drain'),
  drops: count
    .optional()
    .describe(
      "datagrams that the kernel dropped in it at members' sockets, or at the one they share, or ahead of them at a front; absent of a server whose sockets cannot be seen",
    ),
  members: z
    .array(intervalMember)
    .describe(
      'members that were in the group in this interval, each life by itself, in the order in which they began',
    ),
  maxOverMean: finite
    .optional()
    .describe('greatest `taken` of a member over their mean; absent where nothing was taken'),
  latency: latency.optional().describe('of the replies in time that came in it; absent without any'),
  marks: z.array(mark).describe('what happened to the group in it, in the order of time'),
})

export const intervalLine = z.object({
  schema: z.literal(INTERVAL_SCHEMA).describe('name and version of the schema that this line follows'),
  number: index.describe('of the interval, from 0'),
  repetition: index
    .optional()
    .describe('number of the repetition that it is of, from 0; absent where there is one run'),
  ...interval.shape,
})

/** Of every result of a load on a group. */
export const intervals = z
  .array(interval)
  .optional()
  .describe(
    `the measured phase piece by piece (\`${flagOf('intervalNs')}\`): each count adds up to that of the whole; absent where it was not asked for`,
  )

export type IntervalLine = z.infer<typeof intervalLine>
export type IntervalResult = z.infer<typeof interval>
export type IntervalMember = z.infer<typeof intervalMember>
export type IntervalMark = z.infer<typeof mark>

/** An interval, as it is told when it has ended. */
export interface ToldInterval {
  /** from 0 */
  number: number
  interval: IntervalResult
  /** of which repetition it is, where there are several */
  repetition?: number
}
