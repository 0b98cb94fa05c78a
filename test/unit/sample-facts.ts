import { completePlan, type HostFacts, type RunPlan, type RunRequest } from '../../src/plan/run-plan.js'

/** A host of eight CPUs that has io_uring and the usual limits. */
export const SAMPLE_FACTS: HostFacts = {
  cpus: 8,
  allowedCpus: [0, 1, 2, 3, 4, 5, 6, 7],
  ephemeralPorts: [32_768, 60_999],
  openFiles: { limit: 1_048_576, used: 40 },
}

/** A plan as it is made on that host. */
export function planOf(request: RunRequest = {}): RunPlan {
  return completePlan(request, SAMPLE_FACTS)
}
