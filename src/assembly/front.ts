import { cpuOf } from '../plan/cpu-list.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { FrontResult } from '../result/run-result.js'
import { MEASURED } from '../recording/counters.js'
import type { FrontRecording } from '../recording/group-recording.js'

/** What the front did in the measured phase. */
export function frontResult(
  plan: RunPlan,
  { pid, before, after, residentBytes, died }: FrontRecording,
): FrontResult {
  const cpu = cpuOf(plan.pinMembers, plan.procs)
  return {
    pid,
    taken: after.taken[MEASURED],
    handedOn: after.handedOn[MEASURED],
    drops: after.drops - before.drops,
    strangers: after.strangers - before.strangers,
    cpuNs: after.cpuNs - before.cpuNs,
    receiveBufferBytes: after.receiveBufferBytes,
    ...(cpu !== undefined && { cpu }),
    ...(residentBytes !== undefined && { residentBytes }),
    ...(died !== undefined && { died }),
  }
}
