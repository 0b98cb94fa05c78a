import { keysOf } from '../plan/parameters/table.js'
import { completeVerifyPlan, type VerifyPlan } from '../plan/verify-plan.js'
import { readTexts, type FlagTexts } from '../plan/parameters/texts.js'
import { hostFacts } from './host-facts.js'

/**
 * Reads the parameters of a verification.
 * @param mayObserve whether this user may load an eBPF program
 * @returns the plan, and what the user gave, as given
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function planVerify(
  texts: FlagTexts<'verify'>,
  mayObserve: boolean,
): { plan: VerifyPlan; supplied: Record<string, unknown> } {
  const { asked, supplied } = readTexts('verify', keysOf('verify'), texts)
  return { plan: completeVerifyPlan(asked, hostFacts(), mayObserve), supplied }
}
