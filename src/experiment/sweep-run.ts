import { summariseRun, type RunSummary } from '../analysis/sweep/run-summary.js'
import { runExperiment, type RunOptions } from './run.js'
import type { SweepJob } from './sweep-jobs.js'
import { prepareTraffic } from './traffic.js'

/**
 * Makes one run of a sweep: a whole run of its own, with fresh processes.
 * @returns what the sweep keeps of it; undefined where it was interrupted
 * @throws RpbenchError when nothing could be measured
 */
export async function measureJob(
  { plan, draw, point }: SweepJob,
  watching: Pick<RunOptions, 'toolVersion' | 'signal' | 'onProgress' | 'control'>,
): Promise<RunSummary | undefined> {
  const { result } = await runExperiment({
    plan,
    traffic: prepareTraffic(plan, draw),
    supplied: point.flags,
    ...watching,
  })
  return result.stopped === 'interrupted' ? undefined : summariseRun(result, plan)
}
