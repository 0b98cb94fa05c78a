import type { ChurnResult } from '../../result/churn-result.js'
import type { PooledChange } from '../../result/repeat-result.js'
import { testUniformity } from '../../stats/uniformity.js'

/**
 * Repetitions of the same changes → what they say together of each, in the order in which they were planned. A change that was
 * not seen in a repetition counts in none of it.
 */
export function poolChanges(repetitions: readonly Pick<ChurnResult, 'changes'>[]): PooledChange[] {
  const most = Math.max(0, ...repetitions.map(({ changes }) => changes.length))
  return Array.from({ length: most }, (_, i) => {
    const those = repetitions.flatMap(({ changes }) => changes[i] ?? [])
    const seen = those.filter(({ verdict }) => verdict !== 'unseen')
    const pValues = seen.flatMap(({ test }) => test.pValue ?? [])
    return {
      change: those[0]!.change,
      seen: seen.length,
      asPredicted: seen.filter(({ verdict }) => verdict === 'as predicted').length,
      differs: seen.filter(({ verdict }) => verdict === 'differs').length,
      ...(pValues.length > 0 && { uniformity: testUniformity(pValues) }),
    }
  })
}
