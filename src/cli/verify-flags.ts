import { keysOf } from '../plan/parameters/table.js'
import { completeVerifyPlan, type VerifyPlan } from '../plan/verify-plan.js'
import { readFlags, type FlagTexts } from './flags.js'
import { hostFacts } from './run-flags.js'

/**
 * Reads the flags of a verification.
 * @param mayObserve whether this user may load an eBPF program
 * @returns the plan, and what the user gave, as given
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planVerify(
  texts: FlagTexts<'verify'>,
  mayObserve: boolean,
): { plan: VerifyPlan; supplied: Record<string, unknown> } {
  const { asked, supplied } = readFlags('verify', keysOf('verify'), texts)
  return { plan: completeVerifyPlan(asked, hostFacts(), mayObserve), supplied }
}
