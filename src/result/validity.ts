import * as z from 'zod'
import { finite } from './scalars.js'

/** A property of the run that was measured and held against a limit, whether it passed or not. */
const check = z.object({
  code: z.string().describe('which check; stable'),
  measured: finite.describe('what was measured, in the unit of the check'),
  limit: finite.describe('what it was held against, in the same unit'),
  passed: z.boolean().describe('whether it kept the limit'),
})

export const finding = z.object({
  code: z.string().describe('what was found; stable'),
  severity: z
    .enum(['note', 'suspect', 'invalid'])
    .describe('`note`: worth knowing; `suspect` and `invalid`: the verdict is at least this bad'),
  message: z.string().describe('what was found, as a sentence'),
  measured: finite.optional().describe('the figure that it rests on'),
  limit: finite.optional().describe('what the figure was held against'),
  nextStep: z.string().optional().describe('what to try'),
})

export const validityVerdict = z.enum(['valid', 'suspect', 'invalid'])

/** Can the run be trusted? */
export const validity = z.object({
  verdict: validityVerdict.describe('the worst of the findings; `invalid` is no measurement of the group'),
  findings: z.array(finding).describe('what speaks against the run, and what is worth knowing'),
  checks: z.array(check).describe('everything that was checked, also what passed'),
})

export type Finding = z.infer<typeof finding>
