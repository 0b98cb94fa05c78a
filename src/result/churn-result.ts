import * as z from 'zod'
import { books, crossCheck } from './books.js'
import { connections } from './connections.js'
import { measuredEnvelope } from './envelope.js'
import { histograms } from './histograms.js'
import { intervals } from './interval.js'
import { plannedRun } from './plan-schema.js'
import { latency, latencySummary } from './latency.js'
import { course, group, schedule, throughput } from './run-result.js'
import { count, index, ns, probability, share } from './scalars.js'
import { standstill } from './silence.js'
import { stranger } from './stranger.js'
import { thresholds } from './thresholds.js'
import { validity } from './validity.js'
import { CHURN_SCHEMA } from './schema-names.js'

/**
 * The result of `rpbench churn`: what happened to the flows of a group at each of its changes. Times of changes are
 * since the measured phase began. Shares are of the flows seen before and after, unless they say otherwise.
 */
const life = z.object({
  member: index.describe('index of the member'),
  generation: index.describe(
    'which of its lives: 0 for the first, 1 for the one started in its place, and so on; texts write `2` and `2.1`',
  ),
})

const lossCounts = z.object({
  droppedAtMembers: count.describe(
    "dropped by the kernel at members' sockets, as at the full queue of one that is stalled",
  ),
  noSocket: count.describe('met no socket, since nobody was bound'),
  closedWithSocket: count.describe(
    'in the socket, or the hands, of a member whose socket was closed at this change or a later one: the rest, where one was closed, as much of it as `books` has',
  ),
  leftAtMembers: count.describe("of the rest, what may still have been in members' queues at the end"),
  otherwise: count.describe(
    'in none of these counts, such as a reply that was dropped at the client: `books` says of the whole run what else there was, and what is unexplained',
  ),
})

const connectionsAtChange = z.object({
  queued: count.describe(
    'connections in the accept queues of the listeners that closed: counted by each member right before it closed its own, or from outside before it was killed',
  ),
  migrates: z
    .boolean()
    .optional()
    .describe(
      'whether this kernel gives what waits there to another listener of the group (net.ipv4.tcp_migrate_req); absent where that is hidden',
    ),
  unanswered: count
    .optional()
    .describe(
      'connections that a member that left had accepted, and whose request it had not answered: the kernel ends them with the process; absent in results of earlier versions',
    ),
  predictedLost: count.describe(
    'those that are lost with the listener: all of `queued`, or none where they migrate, and `unanswered`',
  ),
  reset: count.describe(
    'connections that clients saw broken off by the server, from this change on until the next',
  ),
  closed: count.describe('connections that clients saw closed by the server, likewise'),
  open: count.describe('connections that members that left had accepted, and that ended with them'),
})

export const changeResult = z.object({
  change: z.string().describe('what was changed, in the words of the flag'),
  askedNs: ns.describe(
    'when the work on it began, with the start of a process if it needs one; since the measured phase began',
  ),
  atNs: ns.describe('when the group began to change; since the measured phase began'),
  doneNs: ns.describe('when the group had changed; since the measured phase began'),
  steps: z
    .array(
      life.extend({
        action: z.enum(['start', 'stop']).describe('what was done to the member'),
        atNs: ns.describe('when it was done; since the measured phase began'),
      }),
    )
    .describe('what was done, in the order of time'),
  membersBefore: z
    .array(life)
    .describe(
      "members in the order of the kernel's array before the change (the model's, from the steps taken)",
    ),
  membersAfter: z
    .array(life)
    .describe(
      "members in the order of the kernel's array after the change (the model's, from the steps taken)",
    ),
  flows: count.describe('flows that were answered before the change and after it'),
  stayed: count.describe('of those, the flows at the same member as before'),
  moved: count.describe('of those, the flows at another member'),
  orphans: count.describe("flows that moved, since their member's process is gone"),
  collateral: count.describe("flows that moved, although their member's process lives"),
  strayed: count.describe('of the flows that stayed: those that another member answered meanwhile'),
  dark: count.describe(
    'flows that were answered before the change at some time, and not once between it and the next',
  ),
  darkFrom: z
    .array(count)
    .describe('of those, by their member of `membersBefore`; without those of whom it is not known'),
  returned: count.describe('flows not once answered between the previous change and this one, but after it'),
  movedShare: share.describe('`moved` of `flows`'),
  darkShare: share.describe('`dark` of all flows that were ever answered before'),
  transitions: z
    .array(z.array(count))
    .describe("flows from the row's member (of `membersBefore`) to the column's (of `membersAfter`)"),
  lost: count.describe(
    'requests sent from 20 ms before `askedNs` on (from `askedNs` on where a member resumes), until so long before the next change, that got no reply; over TCP, one that was lost with its connection counts where that was broken off',
  ),
  lostTo: lossCounts
    .optional()
    .describe('what these were lost to, by where they were sent; absent in results of earlier versions'),
  connections: connectionsAtChange
    .optional()
    .describe('over TCP: what a listener that leaves takes along; absent where none left'),
  late: count.describe('requests of the same time whose reply came after the deadline'),
  settledNs: ns.describe(
    'how long after `atNs` the last request went to another member than the one its flow settled at',
  ),
  latencyBefore: latencySummary.optional().describe('response time in the second before `askedNs`'),
  latencyDuring: latencySummary
    .optional()
    .describe('response time from `askedNs` to half a second after the change was done'),
  predicted: z
    .object({
      movedShare: share.describe('flows that move'),
      orphanShare: share.describe('flows that move, since their member is gone'),
      collateralShare: share.describe('flows that move, although their member lives'),
      darkShare: share.describe('flows that nobody answers, of all'),
      from: z
        .enum(['rule', 'placement'])
        .describe(
          '`rule`: from the steps that were taken, nothing else. `placement`: under a steering that remembers, an earlier change left flows where they were by when each of them sent, so the rule was put to where they were seen: moved and orphaned are then as predicted by construction, and only collateral could differ',
        ),
    })
    .describe(
      "the model of the kernel's rule (not measured): of the flows that can be seen, which those of a stalled member cannot",
    ),
  minimum: z
    .object({ movedShare: share.describe('flows that move') })
    .describe('the least that any scheme could move which serves all members alike before and after'),
  test: z
    .object({
      method: z
        .enum(['shares', 'flow-by-flow'])
        .describe('`shares`: stayed, orphans and collateral; `flow-by-flow`: where hashes were observed'),
      pValue: probability
        .optional()
        .describe(
          'how often the model gives shares this far from its prediction, or further; only by shares',
        ),
      agreed: count
        .optional()
        .describe('of `checked`, the flows that were where the model puts them; only flow by flow'),
      checked: count.optional().describe('flows whose hash is known; only flow by flow'),
    })
    .describe('the measurement against the prediction'),
  verdict: z
    .enum(['as predicted', 'differs', 'unseen'])
    .describe('outcome of the test; `unseen`: no flow was answered both before and after'),
})

export const churnResult = z.object({
  ...measuredEnvelope(CHURN_SCHEMA),
  ...course,
  plan: plannedRun,
  group: group.describe('where the group is, and how datagrams come to its members'),
  ...standstill,
  latency: latency.optional().describe('of the replies in time, over the whole run; absent without any'),
  schedule: schedule.optional().describe('how the open loop kept its schedule'),
  throughput: throughput.describe('requests and round trips a second'),
  changes: z.array(changeResult).describe('what each change did, in the order of time'),
  skipped: z
    .array(z.string())
    .describe('changes of the plan that were not carried out, or not seen, as the run ended before'),
  intervals,
  strangers: z
    .array(stranger)
    .optional()
    .describe(
      "sockets of others that were on the group's port, and got a part of its flows; absent without any",
    ),
  connections: connections
    .optional()
    .describe('what became of connections; only where flows are connections, whose requests are in `books`'),
  books: books.describe('where every datagram of the measured phase went'),
  crossCheck: crossCheck.optional().describe('the same counts by the kernel'),
  validity: validity.describe('whether this run can be trusted'),
  histograms: histograms
    .optional()
    .describe('the times themselves, to be merged and asked later; absent where no reply came in time'),
  thresholds,
})

export type LossCounts = z.infer<typeof lossCounts>
export type ConnectionsAtChange = z.infer<typeof connectionsAtChange>
export type ChangeResult = z.infer<typeof changeResult>
export type ChurnResult = z.infer<typeof churnResult>
