import { z } from 'zod'

const count = z.int().nonnegative()
const ns = z.number().nonnegative()
const finite = z.number()

/** One member's part in the load, and what is known of its time. Shares are 0 to 1. */
const memberLoad = z.object({
  index: count,
  /** of the flows whose member is known */
  flowShare: finite,
  /** of all requests that came to the group's sockets: its own count of what it took, was dropped and was left there */
  offeredShare: finite,
  /** of all replies in time */
  deliveredShare: finite,
  /** of what was offered to it: answered in time, answered late, and neither; absent when nothing was offered */
  answeredShare: finite.optional(),
  lateShare: finite.optional(),
  lossShare: finite.optional(),
  /** delivered, over what members of one and the same capacity would deliver of these offers; absent when nothing was expected */
  deliveryRatio: finite.optional(),
  /** of replies in time: mean from a request's being read to its being echoed, and mean wait in the socket (open loop) */
  serverMeanNs: ns.optional(),
  queueMeanNs: ns.optional(),
  /** CPU time of the serving thread, and its share of one CPU over the measured time */
  cpuNs: ns.optional(),
  cpuShare: finite.optional(),
  /** time that the thread was runnable and did not run (schedstat), and its share of the measured time */
  runDelayNs: ns.optional(),
  runDelayShare: finite.optional(),
  /** time per request without that wait, and the wait per request */
  workPerRequestNs: ns.optional(),
  waitPerRequestNs: ns.optional(),
})

/** `cv`: population coefficient of variation over members; `bound`: beyond it the part is uneven. */
const part = { cv: finite, bound: finite }
const verdict = z.enum(['even', 'uneven'])

const parts = z.object({
  /** flows per member, unanswered ones by what came to each socket. `underpowered`: uneven, as so few flows are under a fair hash: nobody is accused. */
  hash: z.object({ ...part, verdict: z.enum(['even', 'uneven', 'underpowered']) }),
  /** what was offered per flow; 0 in a closed loop without weights, where it follows the members' speed */
  weights: z.object({ ...part, verdict }),
  /** `deliveryRatio`; its bound is on `shortfall`, how much less the lowest member delivered than the highest, 0 to 1 */
  delivery: z.object({ ...part, shortfall: finite, verdict }),
})

/** `members`: those concerned, by index; `size`: the coefficient of variation of its part, by which causes are ordered. */
const concerned = { members: z.array(count), size: finite }

const cause = z.discriminatedUnion('cause', [
  /** the hash gave members unequal numbers of flows, beyond what chance does */
  z.object({ cause: z.literal('hash'), ...concerned, flows: count, pValue: finite }),
  /** it did, and chance does so with as few flows: a fair hash stays under `fairCv` in 99 % of runs */
  z.object({ cause: z.literal('few-flows'), ...concerned, flows: count, fairCv: finite }),
  /** some flows are heavy: they weigh as much as `effectiveFlows` equal ones */
  z.object({ cause: z.literal('weights'), ...concerned, flows: count, effectiveFlows: finite }),
  /** members take longer for a request: medians of these members and of the others, and their ratio */
  z.object({
    cause: z.literal('slow-member'),
    ...concerned,
    workPerRequestNs: ns,
    othersWorkPerRequestNs: ns,
    ratio: finite,
  }),
  /** members wait for a CPU, which stretches a request's work to so many times its length: medians, and their ratio */
  z.object({
    cause: z.literal('scheduler'),
    ...concerned,
    stretch: finite,
    othersStretch: finite,
    ratio: finite,
  }),
  /** members deliver less, and neither their work nor their wait for a CPU tells why */
  z.object({ cause: z.literal('unexplained'), ...concerned }),
])

/**
 * Whether members get and deliver alike, and which of the three things that people call imbalance it is if not:
 * the hash, the weights of flows, or what members deliver (docs/overload.md).
 */
export const imbalance = z.object({
  /** more than 1 % of what was offered to some member was not answered in time */
  overloaded: z.boolean(),
  /** what makes it so: shares of all requests, datagrams, and the members with more than 1 % */
  overload: z.object({
    lossShare: finite,
    lateShare: finite,
    droppedAtMembers: count,
    members: z.array(count),
  }),
  members: z.array(memberLoad),
  /** flows that were asked and never answered, so that their member is not known, and the requests sent on them */
  unknown: z.object({ flows: count, sent: count }),
  parts,
  /** in order of size; empty when all is even */
  causes: z.array(cause),
  /** `even`, the one cause, or `mixed` */
  verdict: z.enum([
    'even',
    'hash',
    'few-flows',
    'weights',
    'slow-member',
    'scheduler',
    'mixed',
    'unexplained',
  ]),
})

export type Imbalance = z.infer<typeof imbalance>
export type ImbalanceCause = Imbalance['causes'][number]
export type MemberLoad = Imbalance['members'][number]
