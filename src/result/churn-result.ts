import { z } from 'zod'
import { books, finding, latencySummary, runResult } from './run-result.js'

/**
 * The result of `rpbench churn`, schema `rpbench/churn@1`: what happened to the flows of a group at each of its
 * changes. Counts are of flows unless they say otherwise, shares are of the flows seen before and after.
 */
export const CHURN_SCHEMA = 'rpbench/churn@1'

const count = z.int().nonnegative()
const ns = z.int().nonnegative()
const share = z.number().min(0).max(1)

const seat = z.object({ member: count, generation: count })

export const changeResult = z.object({
  /** in the words of the flag */
  change: z.string(),
  /** ns since the measured phase began: when the work on it began, with the start of a process if it needs one */
  askedNs: ns,
  /** when the group began to change, and when it had changed */
  atNs: ns,
  doneNs: ns,
  steps: z.array(seat.extend({ action: z.enum(['start', 'stop']), atNs: ns })),
  /** members in the order of the kernel's array (the model's, from the steps taken) */
  membersBefore: z.array(seat),
  membersAfter: z.array(seat),
  /** flows that were answered before the change and after it */
  flows: count,
  stayed: count,
  moved: count,
  /** moved, since their member's process is gone */
  orphans: count,
  /** moved, although their member's process lives */
  collateral: count,
  /** of those that stayed: answered by another member meanwhile */
  strayed: count,
  /** answered before the change at some time, and not once between it and the next */
  dark: count,
  /** of those, by their member of `membersBefore`; without those of whom it is not known */
  darkFrom: z.array(count),
  /** not once answered between the previous change and this one, but after it */
  returned: count,
  movedShare: share,
  /** of all flows that were ever answered before */
  darkShare: share,
  /** flows from the row's member (of `membersBefore`) to the column's (of `membersAfter`) */
  transitions: z.array(z.array(count)),
  /** datagrams sent from `askedNs` on, until the next change, that got no reply, or one after the deadline */
  lost: count,
  late: count,
  /** how long after `atNs` the last request went to another member than the one its flow settled at */
  settledNs: ns,
  /** response time in the second before `askedNs`, and from there to half a second after the change */
  latencyBefore: latencySummary.optional(),
  latencyDuring: latencySummary.optional(),
  /**
   * the model of the kernel's rule (not measured): of the flows that can be seen, which those of a stalled member
   * cannot; `darkShare` of all
   */
  predicted: z.object({
    movedShare: share,
    orphanShare: share,
    collateralShare: share,
    darkShare: share,
    /**
     * `rule`: from the steps that were taken, nothing else. `placement`: under a steering that remembers, an earlier
     * change left flows where they were by when each of them sent, so the rule was put to where they were seen: moved
     * and orphaned are then as predicted by construction, and only collateral could differ
     */
    from: z.enum(['rule', 'placement']),
  }),
  /** the least that any scheme could move which serves all members alike before and after */
  minimum: z.object({ movedShare: share }),
  /** test of stayed, orphans and collateral against the prediction; or, where hashes were seen, flow by flow */
  test: z.object({
    method: z.enum(['shares', 'flow-by-flow']),
    pValue: z.number().optional(),
    /** flow by flow: where the model puts the flow after the change, and whether it was there */
    agreed: count.optional(),
    checked: count.optional(),
  }),
  /** `unseen`: no flow was answered both before and after */
  verdict: z.enum(['as predicted', 'differs', 'unseen']),
})

export const churnResult = z.object({
  schema: z.literal(CHURN_SCHEMA),
  ...runResult.pick({
    tool: true,
    host: true,
    startedAt: true,
    durationNs: true,
    stopped: true,
    failure: true,
    plan: true,
    group: true,
    latency: true,
    schedule: true,
    throughput: true,
  }).shape,
  changes: z.array(changeResult),
  /** changes of the plan that were not carried out, or not seen, as the run ended before */
  skipped: z.array(z.string()),
  books,
  validity: z.object({ verdict: z.enum(['valid', 'suspect', 'invalid']), findings: z.array(finding) }),
})

export type ChangeResult = z.infer<typeof changeResult>
export type ChurnResult = z.infer<typeof churnResult>
