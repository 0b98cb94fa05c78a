import * as z from 'zod'
import { measuredEnvelope } from './envelope.js'
import { ns } from './scalars.js'
import { DOCTOR_SCHEMA } from './schema-names.js'
import { traitId, traitStatus } from './trait.js'

const cure = z.object({
  command: z.string().optional().describe('a command that does it; absent where no command does'),
  does: z.string().describe('what it does, or what to do'),
  root: z.boolean().describe('whether it takes root'),
  lasts: z.string().optional().describe('until when it holds'),
  persistent: z.string().optional().describe('the command that keeps it beyond that'),
})

const check = z.object({
  id: traitId,
  status: traitStatus,
  observed: z.string().describe('what was found, in words'),
  expected: z.string().describe('what a host should have'),
  means: z.string().describe('for which figure or flag it matters'),
  judged: z
    .boolean()
    .describe('whether a run is not valid, or there is none, where this is not ok (`--strict`)'),
  cures: z.array(cure).describe('what changes it; empty where nothing has to be changed, or can be'),
})

/** The result of `rpbench doctor`: what this host, container or virtual machine can measure, and what limits it. */
export const doctorResult = z.object({
  ...measuredEnvelope(DOCTOR_SCHEMA),
  durationNs: ns.describe('wall time'),
  stopped: z
    .literal('interrupted')
    .optional()
    .describe('ended before its time: checks that were not made are missing'),
  works: z
    .boolean()
    .describe('whether reuseport can be measured here: no check that a run needs has failed or is missing'),
  checks: z.array(check).describe('each property of the host that was probed, in a fixed order'),
})

export type DoctorResult = z.infer<typeof doctorResult>
export type DoctorCheck = DoctorResult['checks'][number]
