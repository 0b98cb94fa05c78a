import { judgeTraits, type FoundTrait } from '../advice/traits/table.js'
import type { SomeReadings } from '../recording/trait-readings.js'
import type { RunResult } from '../result/run-result.js'
import { isMeasuredTrait } from '../result/trait.js'

type Measured = Pick<RunResult, 'validity'>
type Check = RunResult['validity']['checks'][number]

/** A check of a run that is also a trait of its host, as the reading of it. */
function readingOf({ code, measured }: Check): SomeReadings {
  if (code === 'throttled') return { throttled: { count: measured } }
  return code === 'steal' ? { steal: { share: measured } } : { 'busy-neighbour': { share: measured } }
}

/** The traits of a host that a run measured while its load lasted, in words. */
export function measuredTraits({ validity }: Measured): FoundTrait[] {
  return judgeTraits(
    Object.assign(
      {},
      ...validity.checks.filter(({ code }) => isMeasuredTrait(code)).map(readingOf),
    ) as SomeReadings,
  )
}
