import type { RunPlan } from '../plan/run-plan.js'
import { ONLY_OURS } from '../plan/target-rules.js'
import type { RunResult } from '../result/run-result.js'

/** A plan as a result has it: of a server that is not ours, without what only a group of ours is told. */
export function effectiveOf(plan: RunPlan): RunResult['plan']['effective'] {
  if (!plan.membersUnknown) return { ...plan }
  // A question is as long as its name.
  const hidden: readonly string[] = plan.protocol === 'dns' ? [...ONLY_OURS, 'payloadBytes'] : ONLY_OURS
  return Object.fromEntries(
    Object.entries(plan).filter(([key]) => !hidden.includes(key)),
  ) as RunResult['plan']['effective']
}
