import type { Standstill } from '../analysis/validity/observations.js'
import type { Recording } from '../recording/recording.js'
import type { Server } from '../recording/silence.js'
import type { LeftBehindResult, RunResult, SilenceResult } from '../result/run-result.js'

/** The flows of a member, and all whose member is known; undefined where nobody knows. */
export type FlowsOf = (life: {
  member: number
  generation: number
}) => { own: number; of: number } | undefined

const named = ({ life, pid }: Server): { member?: number; generation?: number; pid: number } => ({
  ...life,
  pid,
})

/** What a result says of members that stood still. */
export function standstillOf(
  { silences, startNs, group }: Pick<Recording, 'silences' | 'startNs' | 'group'>,
  flowsOf: FlowsOf,
): Pick<RunResult, 'silences' | 'leftBehind'> {
  const still = silences.map((silence): SilenceResult => {
    const { life, state, fromNs, toNs, cameBack } = silence
    const flows = life && flowsOf(life)
    return {
      ...named(silence),
      state,
      fromNs: Math.round(fromNs - startNs),
      forNs: Math.round(toNs - fromNs),
      cameBack,
      ...(flows && { flows: flows.own }),
      ...(flows && flows.of > 0 && { flowShare: flows.own / flows.of }),
    }
  })
  const left = group.leftBehind?.map((process): LeftBehindResult => {
    const { state, thaw } = process
    return { ...named(process), state, ...(thaw !== undefined && { thaw }) }
  })
  return {
    ...(still.length > 0 && { silences: still.toSorted((a, b) => a.fromNs - b.fromNs) }),
    ...(left && { leftBehind: left }),
  }
}

/** The same, as the checks of validity see it. */
export function observedStandstill({
  silences = [],
  leftBehind = [],
}: Pick<RunResult, 'silences' | 'leftBehind'>): Standstill {
  return {
    silent: silences.filter(({ cameBack }) => !cameBack),
    stoodStill: silences.filter(({ cameBack }) => cameBack),
    leftBehind,
  }
}
