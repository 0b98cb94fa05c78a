import * as z from 'zod'
import { PREDICTED_STEERINGS } from '../plan/steering.js'
import { envelope } from './envelope.js'
import { count, finite, index, probability, share } from './scalars.js'
import { PREDICT_SCHEMA } from './schema-names.js'

const life = z.object({
  member: index.describe('index of the member'),
  generation: index.describe(
    'which of its lives: 0 for the first, 1 for the one started in its place, and so on; texts write `2` and `2.1`',
  ),
})

const placedLife = life.extend({
  slot: index.describe(
    "index in the group's array; under the rules before 4.5 the place in the chain, oldest first",
  ),
})

const order = z.enum(['start-then-stop', 'stop-then-start']).describe('of the old member and the new one')

const change = z.union([
  z.object({
    kind: z.literal('resize').describe('members join, or the newest leave'),
    to: count.describe('members afterwards'),
  }),
  z.object({
    kind: z.literal('remove').describe('a member leaves'),
    member: index.describe('index of the member'),
  }),
  z.object({
    kind: z.literal('restart').describe('a member ends and another takes its place'),
    member: index.describe('index of the member'),
    order,
  }),
  z.object({
    kind: z
      .literal('replace')
      .describe('all members are replaced: all new ones start, then the old ones close'),
    manner: z.enum(['fifo', 'reverse']).describe('old ones close in bind order, or in reverse'),
  }),
  z.object({
    kind: z.literal('replace').describe('all members are replaced, one by one'),
    manner: z.literal('rolling').describe('one by one'),
    order,
  }),
])

const step = life.extend({
  action: z.enum(['start', 'stop']).describe('what is done to the member'),
  members: count.describe('in the group after this step'),
  displacedShare: share.describe('flows that are now elsewhere than before the whole change'),
})

const rule = z.enum(['3.8', '3.9', '4.5']).describe('the first release that selected like this')

const changePrediction = z.object({
  kind: z.literal('change').describe('what a change of the group moves'),
  rule,
  steering: z
    .enum(PREDICTED_STEERINGS)
    .describe("what picks the member: the kernel's hash or an attached program"),
  change: change.describe('the change of the group'),
  method: z
    .enum(['exact', 'simulated'])
    .describe('`simulated`: counted over `hashes` well-mixed hashes, so good to about 0.5 / √hashes'),
  hashes: count.optional().describe('hashes that were tried; absent where the method is exact'),
  from: count.describe('members before'),
  to: count.describe('members after'),
  staysShare: share.describe('flows that stay at their member'),
  movedShare: share.describe('flows that move'),
  orphanShare: share.describe("flows that move, as their member's generation is gone"),
  collateralShare: share.describe("flows that move, although their member's generation still lives"),
  successorShare: share.describe('orphans that land on the next generation of their own member'),
  minimumMovedShare: share.describe(
    'the least that any scheme could move which serves all members alike before and after',
  ),
  membersBefore: z.array(placedLife).describe('rows of `transitions`'),
  membersAfter: z.array(placedLife).describe('columns of `transitions`'),
  transitions: z.array(z.array(share)).describe('share of all flows that goes from row to column'),
  orphansLand: z
    .array(life.extend({ share: share.describe('of all flows') }))
    .describe('where the orphans are afterwards; members that get none are left out'),
  steps: z.array(step).describe('how the change is carried out, in order'),
})

const spreadPrediction = z.object({
  kind: z.literal('spread').describe('how evenly flows spread'),
  rule,
  steering: z.literal('hash').describe("the kernel's hash"),
  members: count.describe('members of the group'),
  flows: count.describe('flows, each with a hash of its own'),
  maxOverMean: z
    .object({
      expected: finite.describe('in the mean'),
      p95: finite.describe('a fair hash stays under this in 95 % of runs'),
      p99: finite.describe('a fair hash stays under this in 99 % of runs'),
    })
    .describe('flows of the member that has most, over the mean'),
  idleMemberProbability: probability.describe('that at least one member gets no flow'),
})

const header = {
  ...envelope(PREDICT_SCHEMA),
  kernel: z.string().describe('the release that the rule was chosen for'),
}

export const predictResult = z.discriminatedUnion('kind', [
  z.object({ ...header, ...changePrediction.shape }),
  z.object({ ...header, ...spreadPrediction.shape }),
])

export type ChangePrediction = z.infer<typeof changePrediction>
export type SpreadPrediction = z.infer<typeof spreadPrediction>
export type PredictResult = z.infer<typeof predictResult>
