import * as z from 'zod'
import { affinityEvidence, balanceEvidence, churnEvidence, overloadEvidence } from './claim-evidence.js'
import { measuredEnvelope } from './envelope.js'
import { plannedVerification } from './plan-schema.js'
import { ns } from './scalars.js'
import { thresholds } from './thresholds.js'
import { VERIFY_SCHEMA } from './schema-names.js'

/** What the kernel is said to do with a reuseport group, and whether this one does. */
export const selectorsResult = z.object({
  ...measuredEnvelope(VERIFY_SCHEMA),
  cases: z
    .array(
      z.object({
        id: z.string().describe('which case; stable'),
        outcome: z
          .enum(['pass', 'fail', 'not-possible'])
          .describe('`not-possible`: it could not be tried here'),
        why: z.string().describe('what was found, or what stood in the way'),
      }),
    )
    .describe('what the kernel is said to do, and whether this one does'),
})

const ruling = z.object({
  holds: z.boolean().optional().describe('whether it holds; absent where that cannot be told'),
  verdict: z.enum(['holds', 'does not hold', 'cannot tell']).describe('the same in words'),
  why: z.string().describe('what was found, or why it cannot be told, as one sentence'),
})

const restsOn = 'what the verdict rests on; absent where nothing could be measured'

export const affinityClaim = ruling.extend({
  id: z.literal('affinity').describe('one flow always reaches the same socket'),
  evidence: affinityEvidence.optional().describe(restsOn),
})

export const balanceClaim = ruling.extend({
  id: z.literal('balance').describe('different flows spread evenly'),
  evidence: balanceEvidence.optional().describe(restsOn),
})

const claim = z.discriminatedUnion('id', [
  affinityClaim,
  balanceClaim,
  ruling.extend({
    id: z.literal('churn').describe('changing the number of sockets moves flows, as many as predicted'),
    evidence: churnEvidence.optional().describe(restsOn),
  }),
  ruling.extend({
    id: z.literal('overload').describe('overload does not break the balance'),
    evidence: overloadEvidence.optional().describe(restsOn),
  }),
])

/** What is said of reuseport, and whether it holds on this machine. */
export const claimsResult = z.object({
  ...measuredEnvelope(VERIFY_SCHEMA),
  durationNs: ns.describe('wall time, with the start of every group'),
  stopped: z
    .literal('interrupted')
    .optional()
    .describe('ended before its time: claims that were not finished cannot be told'),
  plan: plannedVerification,
  claims: z.array(claim).describe('what is said of reuseport, and whether it holds here'),
  thresholds,
  notes: z
    .array(z.string())
    .optional()
    .describe('what a reader should know, such as what this user may not do'),
})

export const verifyResult = z.union([claimsResult, selectorsResult])

export type SelectorsResult = z.infer<typeof selectorsResult>
export type Ruling = z.infer<typeof ruling>
export type Claim = z.infer<typeof claim>
export type ClaimOf<Id extends Claim['id']> = Extract<Claim, { id: Id }>
export type ClaimsResult = z.infer<typeof claimsResult>
