import { z } from 'zod'
import { affinityEvidence, balanceEvidence, churnEvidence, overloadEvidence } from './claim-evidence.js'
import { runResult } from './run-result.js'

/** The result of `rpbench verify …`, schema `rpbench/verify@1`: with `claims`, or of `verify selectors` with `cases`. */
export const VERIFY_SCHEMA = 'rpbench/verify@1'

/** What the kernel is said to do with a reuseport group, and whether this one does. */
export const selectorsResult = z.object({
  schema: z.literal(VERIFY_SCHEMA),
  tool: z.object({ name: z.literal('rpbench'), version: z.string() }),
  /** the release that was tested */
  kernel: z.string(),
  startedAt: z.iso.datetime(),
  cases: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(['pass', 'fail', 'not-possible']),
      /** what was found, or what stood in the way */
      why: z.string(),
    }),
  ),
})

const ruling = z.object({
  /** absent where it could not be told */
  holds: z.boolean().optional(),
  verdict: z.enum(['holds', 'does not hold', 'cannot tell']),
  /** what was found, or why it cannot be told, as one sentence */
  why: z.string(),
})

/** Without evidence where nothing could be measured. */
const claim = z.discriminatedUnion('id', [
  ruling.extend({ id: z.literal('affinity'), evidence: affinityEvidence.optional() }),
  ruling.extend({ id: z.literal('balance'), evidence: balanceEvidence.optional() }),
  ruling.extend({ id: z.literal('churn'), evidence: churnEvidence.optional() }),
  ruling.extend({ id: z.literal('overload'), evidence: overloadEvidence.optional() }),
])

/** What is said of reuseport, and whether it holds on this machine. */
export const claimsResult = z.object({
  schema: z.literal(VERIFY_SCHEMA),
  ...runResult.pick({ tool: true, host: true, startedAt: true, durationNs: true, plan: true }).shape,
  /** ended before its time: claims that were not finished cannot be told */
  stopped: z.literal('interrupted').optional(),
  claims: z.array(claim),
  /** what a reader should know, such as what this user may not do */
  notes: z.array(z.string()).optional(),
})

export const verifyResult = z.union([claimsResult, selectorsResult])

export type SelectorsResult = z.infer<typeof selectorsResult>
export type Ruling = z.infer<typeof ruling>
export type Claim = z.infer<typeof claim>
export type ClaimOf<Id extends Claim['id']> = Extract<Claim, { id: Id }>
export type ClaimsResult = z.infer<typeof claimsResult>
