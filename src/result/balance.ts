import * as z from 'zod'
import { count, finite, probability, share } from './scalars.js'

const effectBand = z.object({
  expected: finite.describe('in the mean'),
  p95: finite.describe('a fair hash stays on this side in 95 % of runs'),
  p99: finite.describe('a fair hash stays on this side in 99 % of runs'),
})

const VERDICTS = ['fair', 'uneven-below-bound', 'skewed', 'too-even', 'underpowered', 'unknown'] as const

/** Is the spread of flows over members what a fair hash gives? The unit of the test is the flow. */
export const balance = z.object({
  flows: count.describe('flows that were tested'),
  members: count.describe('members of the group'),
  flowsPerMember: z
    .array(count)
    .describe('flows that were put at each member, answered or not, by index: the counts that are tested'),
  basis: z
    .enum(['answered', 'reckoned', 'hash', 'counted'])
    .describe(
      'how it is known where they were put: each was `answered` by its member; or unanswered ones were `reckoned` from what came to each member’s socket; or their `hash` was observed; or a filter on each socket of a group that is not ours `counted` them',
    ),
  unansweredShare: share.describe('of the flows that were asked: those whose member did not answer'),
  chiSquare: finite.describe('χ² of flows per member against equal numbers of them'),
  degreesOfFreedom: count.describe('members − 1, or members − `groups`'),
  groups: count
    .optional()
    .describe(
      'of merged shards, each with a group of its own: how many groups. Members are those of all of them, in their order; each flow hashes within its own group, and χ² is the sum of theirs. Absent of one group',
    ),
  pValue: probability.describe('how often a fair hash gives this χ² or more'),
  method: z
    .enum(['chi-square', 'monte-carlo'])
    .describe('where `pValue` is from: the χ² distribution, or draws where flows are too few for it'),
  draws: count.optional().describe('draws of the Monte-Carlo test; absent where it was not used'),
  maxOverMean: finite.describe('flows of the member that has most, over the mean'),
  minOverMean: finite.describe('flows of the member that has fewest, over the mean'),
  cv: finite.describe("population coefficient of variation of flows per member (= Cohen's w)"),
  cramersV: finite.describe("Cramér's V: `cv` / √(members − 1)"),
  jain: finite.describe("Jain's index: 1 / (1 + `cv`²)"),
  fairBand: z
    .object({
      maxOverMean: effectBand.describe('`maxOverMean` under a fair hash: the bounds are upper ones'),
      minOverMean: effectBand.describe('`minOverMean` under a fair hash: the bounds are lower ones'),
      cv: effectBand.describe('`cv` under a fair hash: the bounds are upper ones'),
    })
    .describe('what a fair hash gives at this number of flows and members (model, not measured)'),
  power: z
    .object({
      skewedW: finite.describe("smallest Cohen's w that is called `skewed` in 80 % of runs"),
      detectableW: finite.describe(
        "smallest Cohen's w that is seen as uneven at all, with `pValue` below `alpha`, in 80 % of runs",
      ),
      flowsForEffectBound: count.describe('flows with which `effectBoundW` is seen so in 80 % of runs'),
    })
    .describe('what could have been seen with as many flows'),
  alpha: probability.describe('significance from which a spread counts as uneven'),
  effectBoundW: finite.describe("Cohen's w below which skew does not matter"),
  verdict: z
    .enum(VERDICTS)
    .describe(
      '`fair`: not significant, and enough flows to tell; `uneven-below-bound`: significant, and without what chance adds within the bound; `skewed`: significant and beyond the bound; `too-even`: more even than chance allows; `underpowered`: so few flows cannot tell; `unknown`: where too many flows were put is not known, and the figures are those of the answered ones, which are no fair sample',
    ),
})

/** How the datagrams that members took spread; descriptive, since those of one flow go together. */
export const takenBalance = z.object({
  cv: finite.describe('population coefficient of variation of the datagrams taken per member'),
  effectiveFlows: finite.describe(
    '(Σw)² / Σw² over the datagrams w sent on each flow: as many equal flows weigh as much',
  ),
  fairCv: effectBand.describe(
    "`cv` that a fair hash gives with these flows' weights (model): the bounds are upper ones",
  ),
  verdict: z
    .enum(['even', 'heavy-flows', 'unexplained'])
    .describe(
      '`even`: as equal flows would give; `heavy-flows`: uneven, and these weights explain it; `unexplained`: they do not',
    ),
})

/** Flows whose hash was observed. */
export const hashPlacement = z.object({
  observed: count.describe('flows whose hash was observed, and whose member is known'),
  predicted: count.describe('of those, the ones at the member that the hash predicts'),
})

export type Balance = z.infer<typeof balance>
export type TakenBalance = z.infer<typeof takenBalance>
export type HashPlacement = z.infer<typeof hashPlacement>
