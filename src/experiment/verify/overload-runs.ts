import { deliversUnevenly, loadedRun, overloadRun } from '../../analysis/claims/overload-claim.js'
import { overloadPlan } from '../../plan/verify-plan.js'
import type { OverloadEvidence } from '../../result/claim-evidence.js'
import type { RunResult } from '../../result/run-result.js'
import { measureRun, type Setting } from './setting.js'

/** What was measured, and the results it is from. */
export interface OverloadMeasurement {
  measured: Omit<OverloadEvidence, 'breaks'>
  light: RunResult
  overloads: RunResult[]
}

/**
 * The same flows on the same ports, first at half of the group's capacity, then at twice of it; once more where
 * members delivered unequally.
 * @returns undefined when it was interrupted before the first run was over
 */
export async function measureOverload(setting: Setting): Promise<OverloadMeasurement | undefined> {
  const { plan } = setting
  const light = await measureRun(
    setting,
    { plan: overloadPlan(plan, 'light', 0) },
    { what: 'light', of: 'overload · under a light load' },
  )
  if (light === undefined) return undefined
  const lightFlows = [...light.flows]
  const measured: OverloadMeasurement['measured'] = {
    serviceTimeNs: plan.serviceTimeNs,
    capacityHz: (plan.procs * 1e9) / plan.serviceTimeNs,
    light: loadedRun(light.result),
    overloads: [],
  }
  const overloads: RunResult[] = []
  // Such a group says nothing of an overload.
  if (light.result.stopped === 'failed') return { measured, light: light.result, overloads }
  const { port } = light.result.group
  for (const of of ['overload · at twice the capacity', 'overload · once more']) {
    const outcome = await measureRun(
      setting,
      { plan: overloadPlan(plan, 'overload', port) },
      { what: 'overload', of },
    )
    if (outcome === undefined) break
    const run = overloadRun(loadedRun(outcome.result), lightFlows, outcome.flows)
    overloads.push(outcome.result)
    measured.overloads.push(run)
    if (!deliversUnevenly(run)) break
  }
  return { measured, light: light.result, overloads }
}
