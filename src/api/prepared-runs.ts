import { repeatExperiment } from '../experiment/repeat.js'
import type { Repeated } from '../experiment/repetition.js'
import type { RunOptions } from '../experiment/run.js'
import { judged, type JudgedResult } from '../metrics/judged.js'
import { remoteInWords } from '../plan/remote-words.js'
import type { RunPlan } from '../plan/run-plan.js'
import type { Threshold } from '../plan/thresholds.js'
import type { RepeatResult } from '../result/repeat-result.js'
import { TOOL_VERSION } from './tool-version.js'
import { intervalsOf, watched } from './watched.js'
import type { WatchingIntervals, WatchingRepetitions } from './watching.js'

/** A run, or one through changes, that can be measured: all that can be refused was. */
export interface PreparedRuns<Outcome> {
  /** how often it is to be measured */
  repeat: number
  /** how its measured phase is divided; it is not when absent */
  intervalNs: number | undefined
  /** what is to be said before anything is sent; absent where that stays on this host */
  notice?: string
  flows: number
  /** Measures it once. @throws RpbenchError when nothing could be measured */
  measure: (watching: WatchingIntervals) => Promise<Outcome>
  /** Measures it `repeat` times, each a draw of its own. @throws RpbenchError when nothing could be measured */
  repeated: (watching: WatchingRepetitions) => Promise<RepeatResult>
}

/** What is prepared, and how it is measured once. */
interface Preparation<Outcome extends { result: JudgedResult }> {
  plan: RunPlan
  traffic: RunOptions['traffic']
  control?: RunOptions['control']
  commands?: RunOptions['commands']
  /** what the user gave, as given */
  supplied: Record<string, unknown>
  thresholds: readonly Threshold[]
  repeat: number
  intervalNs: number | undefined
  measure: (options: RunOptions) => Promise<Outcome>
  repeatedAs: Repeated
}

export function preparedRuns<Outcome extends { result: JudgedResult }>({
  repeat,
  intervalNs,
  thresholds,
  traffic,
  measure,
  repeatedAs,
  ...planned
}: Preparation<Outcome>): PreparedRuns<Outcome> {
  const optionsOf = (watching: WatchingIntervals) => ({
    ...planned,
    toolVersion: TOOL_VERSION,
    ...watched(watching),
    intervals: intervalsOf(intervalNs, watching),
  })
  return {
    repeat,
    intervalNs,
    ...(planned.plan.remote && {
      notice: remoteInWords(planned.plan, traffic.flowPlan),
    }),
    flows: planned.plan.flows,
    measure: async (watching) => {
      const outcome = await measure({ ...optionsOf(watching), traffic })
      return { ...outcome, result: judged(outcome.result, thresholds) }
    },
    repeated: async (watching) => {
      const result = await repeatExperiment({
        ...optionsOf(watching),
        repeated: repeatedAs,
        repeat,
        onRepetition: async (soFar) => watching.onResult?.(judged(soFar, thresholds)),
      })
      return judged(result, thresholds)
    },
  }
}
