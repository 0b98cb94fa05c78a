import { z } from 'zod'
import { PREDICTED_STEERINGS } from '../plan/steering.js'

/**
 * The result of `rpbench predict`, schema `rpbench/predict@1`: what the model of a kernel's rule says, nothing
 * measured. Shares are of all flows, between 0 and 1.
 */
export const PREDICT_SCHEMA = 'rpbench/predict@1'

const count = z.int().nonnegative()
const share = z.number().min(0).max(1)

const memberGeneration = z.object({
  member: count,
  /** 0 for the member that was there at first, 1 for the one started in its place */
  generation: count,
})

/** `slot`: index in the group's array; under the rules before 4.5 the place in the chain, oldest first */
const seatedMember = memberGeneration.extend({ slot: count })

const order = z.enum(['start-then-stop', 'stop-then-start'])

const change = z.union([
  z.object({ kind: z.literal('resize'), to: count }),
  z.object({ kind: z.literal('remove'), member: count }),
  z.object({ kind: z.literal('restart'), member: count, order }),
  z.object({ kind: z.literal('replace'), manner: z.enum(['fifo', 'reverse']) }),
  z.object({ kind: z.literal('replace'), manner: z.literal('rolling'), order }),
])

const step = memberGeneration.extend({
  action: z.enum(['start', 'stop']),
  /** in the group after this step */
  members: count,
  /** flows that are now elsewhere than before the whole change */
  displacedShare: share,
})

const changePrediction = z.object({
  kind: z.literal('change'),
  /** the first release that selected like this */
  rule: z.enum(['3.8', '3.9', '4.5']),
  steering: z.enum(PREDICTED_STEERINGS),
  change,
  /** `simulated`: counted over `hashes` well-mixed hashes, so good to about 0.5 / √hashes */
  method: z.enum(['exact', 'simulated']),
  hashes: count.optional(),
  /** members before and after */
  from: count,
  to: count,
  staysShare: share,
  movedShare: share,
  /** moved, as their member's generation is gone */
  orphanShare: share,
  /** moved, although their member's generation still lives */
  collateralShare: share,
  /** orphans that land on the next generation of their own member */
  successorShare: share,
  /** the least that any scheme could move which serves all members alike before and after */
  minimumMovedShare: share,
  /** rows and columns of `transitions` */
  membersBefore: z.array(seatedMember),
  membersAfter: z.array(seatedMember),
  /** share of all flows that goes from row to column */
  transitions: z.array(z.array(share)),
  /** where the orphans are afterwards; members that get none are left out */
  orphansLand: z.array(memberGeneration.extend({ share })),
  steps: z.array(step),
})

const spreadPrediction = z.object({
  kind: z.literal('spread'),
  rule: z.enum(['3.8', '3.9', '4.5']),
  steering: z.literal('hash'),
  members: count,
  flows: count,
  maxOverMean: z.object({ expected: z.number(), p95: z.number(), p99: z.number() }),
  idleMemberProbability: share,
})

const header = {
  schema: z.literal(PREDICT_SCHEMA),
  tool: z.object({ name: z.literal('rpbench'), version: z.string() }),
  /** the release that the rule was chosen for */
  kernel: z.string(),
}

export const predictResult = z.discriminatedUnion('kind', [
  changePrediction.extend(header),
  spreadPrediction.extend(header),
])

export type ChangePrediction = z.infer<typeof changePrediction>
export type SpreadPrediction = z.infer<typeof spreadPrediction>
export type PredictResult = z.infer<typeof predictResult>
