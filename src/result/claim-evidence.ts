import { z } from 'zod'
import { changeResult } from './churn-result.js'
import { imbalance } from './imbalance.js'
import { affinity, balance, books, finding } from './run-result.js'

/** What the claims of `rpbench verify` rest on. Counts are of flows unless they say otherwise. */

const count = z.int().nonnegative()
const ns = z.int().nonnegative()
const share = z.number().min(0).max(1)
const finite = z.number()

/** What a run says of itself; `findings` without notes. */
const claimRun = z.object({
  port: count,
  seed: count,
  validity: z.enum(['valid', 'suspect', 'invalid']),
  findings: z.array(finding),
})

export const affinityEvidence = z.object({
  runs: z.array(
    claimRun.extend({
      load: z.enum(['closed loop', 'light', 'overload']),
      flows: count,
      /** datagrams that came back, each of which says at which member its flow was */
      replies: count,
      /** flows seen at more than one member */
      moved: count,
      /** flows that never got a reply */
      unseen: count,
    }),
  ),
  /** sums over the runs; the flows of an overload are those of the light load again, and count once */
  flows: count,
  replies: count,
  moved: count,
  unseen: count,
  /** the first of the flows that were seen at more than one member */
  violations: affinity.shape.violations,
})

const balanceFigures = balance.pick({
  flows: true,
  chiSquare: true,
  degreesOfFreedom: true,
  pValue: true,
  maxOverMean: true,
  verdict: true,
})

export const balanceEvidence = z.object({
  repetitions: z.array(
    claimRun.extend({
      ...balanceFigures.shape,
      flowsPerMember: z.array(count),
      /** `pValue` adjusted over the repetitions (Holm) */
      adjustedPValue: share,
      /** Cohen's w without what chance adds */
      skewW: finite,
    }),
  ),
  pooled: z.object({
    flows: count,
    chiSquare: finite,
    degreesOfFreedom: count,
    pValue: share,
    skewW: finite,
    /** smallest w, alike in all repetitions, that is seen with 80 % power at `alpha` */
    detectableW: finite,
  }),
  /** whether the repetitions' p-values look uniform, as those of a fair hash do (Kolmogorov–Smirnov) */
  uniformity: z.object({ statistic: share, pValue: share }),
  /** of one repetition under a fair hash (model, not measured) */
  fairBand: balance.shape.fairBand.pick({ maxOverMean: true }),
  /** skew counts where it is significant at `alpha` and larger than the bound */
  alpha: share,
  effectBoundW: finite,
})

export const churnEvidence = z.object({
  run: claimRun.extend({ rateHz: finite }),
  changes: z.array(
    changeResult.pick({
      change: true,
      flows: true,
      stayed: true,
      moved: true,
      orphans: true,
      collateral: true,
      movedShare: true,
      lost: true,
      late: true,
      settledNs: true,
      predicted: true,
      minimum: true,
      test: true,
      verdict: true,
    }),
  ),
  /** changes that were not carried out, or not seen */
  skipped: z.array(z.string()),
})

const loadedRun = claimRun.extend({
  rateHz: finite,
  ...books.pick({ sent: true, replied: true, late: true, lost: true, droppedAtMembers: true }).shape,
  lostShare: share,
  /** flows seen at more than one member, and those that never got a reply */
  moved: count,
  unseen: count,
  flowsPerMember: z.array(count),
  balance: balanceFigures.optional(),
  /** whether members got and delivered alike; absent where nothing was taken */
  imbalance: imbalance.optional(),
})

/** How the flows that were seen in both runs spread over members; χ² where there were any. */
const spread = z.object({
  flowsPerMember: z.array(count),
  chiSquare: finite.optional(),
  pValue: share.optional(),
})

/** How flows were placed in a run, against where they were under a light load; by their source address and port. */
const placement = z.object({
  /** flows seen in both runs, and of those the ones that were at another member */
  compared: count,
  moved: count,
  light: spread,
  overload: spread,
  /** the first of those that moved, with their members */
  examples: z.array(
    z.object({ sourceAddress: z.string(), sourcePort: count, members: z.tuple([count, count]) }),
  ),
})

export const overloadEvidence = z.object({
  /** that a member sleeps for each request, and what the group can serve with it at most */
  serviceTimeNs: ns,
  capacityHz: finite,
  light: loadedRun,
  /** one run; a second one where members delivered unequally in the first */
  overloads: z.array(loadedRun.extend({ placement })),
  /** what overload changed: where flows go, how they spread, what members deliver of what comes to them */
  breaks: z.array(z.enum(['placement', 'spread', 'delivery'])),
})

export type AffinityEvidence = z.infer<typeof affinityEvidence>
export type BalanceEvidence = z.infer<typeof balanceEvidence>
export type ChurnEvidence = z.infer<typeof churnEvidence>
export type OverloadEvidence = z.infer<typeof overloadEvidence>
