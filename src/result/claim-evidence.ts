import * as z from 'zod'
import { knownAffinity } from './affinity.js'
import { balance } from './balance.js'
import { books } from './books.js'
import { changeResult } from './churn-result.js'
import { imbalance } from './imbalance.js'
import { count, finite, index, ns, probability, rate, share } from './scalars.js'
import { finding, validityVerdict } from './validity.js'

/** What the claims of `rpbench verify` rest on. */

/** What a run says of itself. */
const claimRun = z.object({
  port: index.describe("the group's port"),
  seed: index.describe('of its random choices'),
  validity: validityVerdict.describe('whether this run can be trusted'),
  findings: z.array(finding).describe('what speaks against it, without notes'),
})

/** What it saw of where flows are. */
const seen = knownAffinity.pick({ moved: true, unanswered: true, unasked: true })

export const affinityEvidence = z.object({
  runs: z
    .array(
      claimRun.extend({
        load: z.enum(['closed loop', 'open loop', 'light', 'overload']).describe('under which load'),
        flows: count.describe('flows of the run'),
        replies: count.describe('datagrams that came back, each of which says at which member its flow was'),
        ...seen.shape,
      }),
    )
    .describe('the runs that were looked at'),
  flows: count.describe(
    'sum over the runs; the flows of an overload are those of the light load again, and count once',
  ),
  replies: count.describe('sum over the runs'),
  moved: count.describe('sum over the runs'),
  unanswered: count.describe('sum over the runs, but that of an overload'),
  unasked: count.describe('sum over the runs, but that of an overload'),
  violations: knownAffinity.shape.violations.describe(
    'the first of the flows that were seen at more than one member',
  ),
})

const balanceFigures = balance.pick({
  flows: true,
  chiSquare: true,
  degreesOfFreedom: true,
  pValue: true,
  maxOverMean: true,
  flowsPerMember: true,
  basis: true,
  unansweredShare: true,
  verdict: true,
})

const flowsPerMember = z.array(count).describe('flows at each member, by index')

export const balanceEvidence = z.object({
  repetitions: z
    .array(
      claimRun.extend({
        ...balanceFigures.shape,
        adjustedPValue: probability.describe('`pValue` adjusted over the repetitions (Holm)'),
        skewW: finite.describe("Cohen's w without what chance adds"),
      }),
    )
    .describe('independent draws: each with a port, source ports and processes of its own'),
  pooled: z
    .object({
      flows: count.describe('of all repetitions'),
      chiSquare: finite.describe('sum over the repetitions'),
      degreesOfFreedom: count.describe('sum over the repetitions'),
      pValue: probability.describe('of that sum'),
      skewW: finite.describe("Cohen's w without what chance adds"),
      skewedW: finite.describe(
        'smallest w, alike in all repetitions, with which they fail the claim together in 80 % of cases',
      ),
      detectableW: finite.describe('the same, with which they are significant at `alpha`'),
    })
    .describe('all repetitions together'),
  uniformity: z
    .object({
      statistic: share.describe('greatest distance of their distribution from the uniform one'),
      pValue: probability.describe('how often uniform p-values are as far from it, or further'),
    })
    .describe(
      "whether the repetitions' p-values look uniform, as those of a fair hash do (Kolmogorov–Smirnov)",
    ),
  fairBand: balance.shape.fairBand
    .pick({ maxOverMean: true })
    .describe('of one repetition under a fair hash (model, not measured)'),
  alpha: probability.describe('significance from which skew counts, if it is beyond the bound'),
  effectBoundW: finite.describe("Cohen's w from which skew counts, if it is significant"),
})

export const churnEvidence = z.object({
  run: claimRun.extend({ rateHz: rate.describe('requests a second') }).describe('the run through changes'),
  changes: z
    .array(
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
    )
    .describe('what each change did'),
  skipped: z.array(z.string()).describe('changes that were not carried out, or not seen'),
})

const loadedRun = claimRun.extend({
  rateHz: rate.describe('requests a second'),
  ...books
    .pick({ sent: true, replied: true, late: true, lost: true, droppedAtMembers: true })
    .required({ droppedAtMembers: true }).shape,
  lostShare: share.describe('`lost` of `sent`'),
  ...seen.shape,
  flowsPerMember,
  balance: balanceFigures.optional().describe('how flows spread; absent where none was answered'),
  imbalance: imbalance
    .optional()
    .describe('whether members got and delivered alike; absent where nothing was taken'),
})

/** How the flows that were seen in both runs spread over members; χ² where there were any. */
const spread = z.object({
  flowsPerMember,
  chiSquare: finite.optional().describe('χ² of flows per member; absent without any flow'),
  pValue: probability.optional().describe('how often a fair hash gives this χ² or more'),
})

/** How flows were placed in a run, against where they were under a light load; by their source address and port. */
const placement = z.object({
  compared: count.describe('flows seen in both runs'),
  moved: count.describe('of those, the ones that were at another member'),
  light: spread.describe('how they spread under the light load'),
  overload: spread.describe('how they spread under this load'),
  examples: z
    .array(
      z.object({
        sourceAddress: z.string().describe("the client's address"),
        sourcePort: index.describe("the client's port"),
        members: z.tuple([index, index]).describe('its member under the light load, and under this one'),
      }),
    )
    .describe('the first of those that moved'),
})

export const overloadEvidence = z.object({
  serviceTimeNs: ns.describe('that a member sleeps for each request'),
  capacityHz: rate.describe('what the group can serve with it at most'),
  light: loadedRun.describe('at half of that'),
  overloads: z
    .array(
      loadedRun.extend({
        placement: placement.describe('where its flows were, against the light load'),
      }),
    )
    .describe('at twice of that: one run; a second one where members delivered unequally in the first'),
  breaks: z
    .array(z.enum(['placement', 'spread', 'delivery']))
    .describe(
      'what overload changed: where flows go, how they spread, what members deliver of what comes to them',
    ),
})

export type AffinityEvidence = z.infer<typeof affinityEvidence>
export type BalanceEvidence = z.infer<typeof balanceEvidence>
export type ChurnEvidence = z.infer<typeof churnEvidence>
export type OverloadEvidence = z.infer<typeof overloadEvidence>
