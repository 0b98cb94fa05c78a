import * as z from 'zod'
import { count, finite, index, meanNs, ns, probability, share } from './scalars.js'

/** One member's part in the load, and what is known of its time. */
const memberLoad = z.object({
  index: index.describe('of the member'),
  flowShare: share.describe(
    'of the flows, by where they were put; of those that were answered where that is not known',
  ),
  offeredShare: share.describe(
    "of all requests that came to the group's sockets: its own count of what it took, was dropped and was left there",
  ),
  deliveredShare: share.describe('of all replies in time'),
  answeredShare: share
    .optional()
    .describe('of what was offered to it: answered in time; absent when nothing was offered'),
  lateShare: share
    .optional()
    .describe('of what was offered to it: answered late; absent when nothing was offered'),
  lostShare: share
    .optional()
    .describe(
      'of what was offered to it: neither answered in time nor late; absent when nothing was offered',
    ),
  deliveryRatio: finite
    .optional()
    .describe(
      'delivered, over what members of one and the same capacity would deliver of these offers; absent when nothing was expected',
    ),
  serverMeanNs: meanNs
    .optional()
    .describe("of replies in time: mean from a request's being read to its being echoed"),
  queueMeanNs: meanNs.optional().describe('of replies in time: mean wait in the socket (open loop)'),
  cpuNs: ns.optional().describe('CPU time of the serving thread over the measured time'),
  cpuShare: finite.optional().describe('the same as a share of one CPU'),
  runDelayNs: ns.optional().describe('time that the thread was runnable and did not run (schedstat)'),
  runDelayShare: finite.optional().describe('the same as a share of the measured time'),
  workPerRequestNs: meanNs.optional().describe('time per request, without the wait for a CPU'),
  waitPerRequestNs: meanNs.optional().describe('wait for a CPU per request'),
})

const part = {
  cv: finite.describe('population coefficient of variation over members'),
  bound: finite.describe('beyond it the part is uneven'),
}
const verdict = z.enum(['even', 'uneven'])

const parts = z.object({
  hash: z
    .object({
      cv: part.cv.optional(),
      bound: part.bound.optional(),
      verdict: z
        .enum(['even', 'uneven', 'underpowered', 'unknown'])
        .describe(
          '`underpowered`: uneven, as so few flows are under a fair hash: nobody is accused; `unknown`: where too many flows were put is not known, and there are no figures',
        ),
    })
    .describe('flows per member, by the test of `balance`'),
  weights: z
    .object({ ...part, verdict: verdict.describe('whether `cv` is beyond `bound`') })
    .describe(
      "what was offered per flow; 0 in a closed loop without weights, where it follows the members' speed",
    ),
  delivery: z
    .object({
      ...part,
      bound: finite.describe('of `shortfall`: beyond it the part is uneven'),
      shortfall: share.describe('how much less the lowest member delivered than the highest'),
      verdict: verdict.describe('whether `shortfall` is beyond `bound`'),
    })
    .describe('`deliveryRatio`'),
})

function cause<Name extends string>(name: Name, what: string) {
  return {
    cause: z.literal(name).describe(what),
    members: z.array(index).describe('those concerned, by index'),
    size: finite.describe('the coefficient of variation of its part, by which causes are ordered'),
  }
}

const flows = count.describe('flows that were put to a member')

const causes = z.discriminatedUnion('cause', [
  z.object({
    ...cause('hash', 'the hash gave members unequal numbers of flows, beyond what chance does'),
    flows,
    pValue: probability.describe('of the test of flows per member'),
  }),
  z.object({
    ...cause('few-flows', 'members have unequal numbers of flows, as chance does with so few'),
    flows,
    fairCv: finite.describe('a fair hash stays under this in 99 % of runs'),
  }),
  z.object({
    ...cause('weights', 'some flows are heavy'),
    flows,
    effectiveFlows: finite.describe('as many equal flows weigh as much'),
  }),
  z.object({
    ...cause('slow-member', 'members take longer for a request'),
    workPerRequestNs: meanNs.describe('median of these members'),
    othersWorkPerRequestNs: meanNs.describe('median of the others'),
    ratio: finite.describe('the first over the second'),
  }),
  z.object({
    ...cause('scheduler', 'members wait for a CPU'),
    stretch: finite.describe(
      "to so many times its length the wait stretches a request's work: median of these members",
    ),
    othersStretch: finite.describe('the same of the others'),
    ratio: finite.describe('the first over the second'),
  }),
  z.object(
    cause('unexplained', 'members deliver less, and neither their work nor their wait for a CPU tells why'),
  ),
])

/**
 * Whether members get and deliver alike, and which of the three things that people call imbalance it is if not:
 * the hash, the weights of flows, or what members deliver (docs/overload.md).
 */
export const imbalance = z.object({
  overloaded: z
    .boolean()
    .describe('more than 1 % of what was offered to some member was not answered in time'),
  overload: z
    .object({
      lostShare: share.describe('of all requests offered: neither answered in time nor late'),
      lateShare: share.describe('of all requests offered: answered late'),
      droppedAtMembers: count.describe("datagrams that the kernel dropped at members' sockets"),
      members: z.array(index).describe('members with more than 1 %'),
    })
    .describe('what makes it so'),
  members: z.array(memberLoad).describe("each member's part in the load, by index"),
  unknown: z
    .object({
      flows: count.describe('how many there are'),
      sent: count.describe('requests sent on them'),
    })
    .describe('flows that were asked and never answered, so that their member is not known'),
  parts: parts.describe("what a member's part of the replies is a product of"),
  causes: z.array(causes).describe('what makes members unequal, in order of size; empty when all is even'),
  verdict: z
    .enum(['even', 'hash', 'few-flows', 'weights', 'slow-member', 'scheduler', 'mixed', 'unexplained'])
    .describe('`even`, the one cause, or `mixed`'),
})

export type Imbalance = z.infer<typeof imbalance>
export type ImbalanceCause = Imbalance['causes'][number]
export type MemberLoad = Imbalance['members'][number]
