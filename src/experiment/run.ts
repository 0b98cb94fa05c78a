import { assembleRun, flowRows } from '../assembly/run.js'
import { hostRecord } from './host-record.js'
import type { FlowRow, RunResult } from '../result/run-result.js'
import { Session, type SessionOptions } from './session.js'

export interface RunOptions extends Pick<
  SessionOptions,
  'plan' | 'traffic' | 'signal' | 'onProgress' | 'testbed' | 'intervals'
> {
  /** what the user gave, as given */
  supplied: Record<string, unknown>
  toolVersion: string
}

export interface RunOutcome {
  result: RunResult
  /** computed when walked through */
  flows: Iterable<FlowRow>
}

/**
 * Runs the main job: starts the group, opens the flows, warms up, measures, and takes everything down again,
 * whatever happens. Reports what was measured also when it was stopped or a member died.
 * @throws RpbenchError when nothing could be measured
 */
export async function runExperiment(options: RunOptions): Promise<RunOutcome> {
  const { supplied, toolVersion } = options
  const session = await Session.open(options)
  try {
    await session.warmUp()
    await session.measure()
    const recording = await session.finish()
    const result = assembleRun(recording, { supplied, toolVersion, host: hostRecord(options.plan) })
    session.intervals?.tellRest(result.intervals ?? [])
    return {
      result,
      flows: { [Symbol.iterator]: () => flowRows(recording) },
    }
  } finally {
    await session.close()
  }
}
