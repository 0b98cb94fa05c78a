import { formatCount } from '../units/format.js'
import { NBSP, type Phrase } from './line.js'
import type { Tone } from './style.js'

/** A count that is named only where there was some. */
export type SpecialCount<Counts> = readonly [key: keyof Counts, name: string, tone: Tone | undefined]

/** The stages that something passed, each with its count and name: `=` where none was lost between two, else `→`. */
export function stagesPhrase(stages: readonly (readonly [count: number, name: string])[]): Phrase {
  const text = stages
    .map(([n, name], i) => {
      const before = stages[i - 1]?.[0]
      const sign = before === undefined ? '' : before === n ? `=${NBSP}` : `→${NBSP}`
      return `${sign}${formatCount(n)}${NBSP}${name}`
    })
    .join(' ')
  return { text }
}

/** What there was some of, in the order of the table. */
export function specialPhrases<Counts extends Partial<Record<keyof Counts, number | undefined>>>(
  table: readonly SpecialCount<Counts>[],
  counts: Counts,
): Phrase[] {
  return table.flatMap(([key, name, tone]) => {
    const n = counts[key] ?? 0
    return n > 0 ? [{ text: `${formatCount(n)} ${name}`, tone }] : []
  })
}
