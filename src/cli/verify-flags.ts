import { Flags } from '@oclif/core'
import { STEERINGS, steeringsInWords } from '../plan/steering.js'
import { CLAIM_IDS, completeVerifyPlan, VERIFY_LIMITS, type VerifyPlan } from '../plan/verify-plan.js'
import { parseCount } from '../units/parse.js'
import { hostFacts, oneOf } from './run-flags.js'

export const verifyFlags = {
  claim: Flags.string({
    multiple: true,
    description: `only this claim: ${CLAIM_IDS.join(', ')}; may be repeated [default: all of them]`,
    helpValue: 'CLAIM',
  }),
  procs: Flags.string({
    char: 'p',
    description: 'members of the group [default: 4]',
    helpValue: 'N',
  }),
  flows: Flags.string({
    char: 'f',
    description:
      'flows, each from a source port of its own [default: 10k, or what the open-file limit allows]',
    helpValue: 'N',
  }),
  steering: Flags.string({
    description: `under which the claims are to hold: ${steeringsInWords(STEERINGS)} [default: hash]`,
    helpValue: 'KIND',
  }),
}

interface VerifyFlagValues {
  claim?: string[] | undefined
  procs?: string | undefined
  flows?: string | undefined
  steering?: string | undefined
}

/**
 * Reads the flags of a verification.
 * @param mayObserve whether this user may load an eBPF program
 * @returns the plan, and what the user gave, as given
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planVerify(
  { claim, procs, flows, steering }: VerifyFlagValues,
  mayObserve: boolean,
): { plan: VerifyPlan; supplied: Record<string, unknown> } {
  const plan = completeVerifyPlan(
    {
      ...(claim && { claims: claim.map((text) => oneOf(text, '--claim', CLAIM_IDS)) }),
      ...(procs !== undefined && {
        procs: parseCount(procs, { flag: '--procs', min: 2, max: VERIFY_LIMITS.procs }),
      }),
      ...(flows !== undefined && {
        flows: parseCount(flows, { flag: '--flows', min: 1, max: VERIFY_LIMITS.flows }),
      }),
      ...(steering !== undefined && { steering: oneOf(steering, '--steering', STEERINGS) }),
    },
    hostFacts(),
    mayObserve,
  )
  const supplied = Object.fromEntries(
    Object.entries({ claim, procs, flows, steering }).filter(([, value]) => value !== undefined),
  )
  return { plan, supplied }
}
