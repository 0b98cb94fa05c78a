import type { RunResult } from '../../src/result/run-result.js'

/** What should be said of a cause that was injected. */
export interface Injected {
  /** verdicts of `overload` that name it */
  right: readonly string[]
  /** the members that it should name */
  members?: readonly number[]
  /** share of the runs that name it, at least */
  least: number
}

/** A verdict as it is counted: with the members where they are not those that were meant. */
export function saidOf({ members }: Injected, imbalance: RunResult['imbalance']): string {
  if (!imbalance) return 'none'
  const { verdict, causes } = imbalance
  const named = causes[0]?.members ?? []
  const elsewhere = members !== undefined && causes.length === 1 && String(named) !== String(members)
  return elsewhere && verdict !== 'unexplained' ? `${verdict} at ${named.join(' ')}` : verdict
}

/** `even`, `unexplained` and a right cause accuse nobody wrongly; anything else does. */
export function isWrong({ right }: Injected, said: string): boolean {
  return !['even', 'unexplained', 'few-flows', 'none'].includes(said) && !right.includes(said)
}

/** One run in thirty may name a wrong cause; with that, more of ten than these do once in 280 times. */
export const mostWrong = (runs: number): number => Math.ceil(runs / 10) + 1

/** Of `runs` runs, how many must name what was injected. */
export const leastRight = ({ least }: Injected, runs: number): number => Math.ceil(least * runs)

/** Whether runs whose overload had this cause may have said all this. */
export function agreesWithInjected(injected: Injected, said: readonly string[]): boolean {
  const wrong = said.filter((word) => isWrong(injected, word)).length
  const right = said.filter((word) => injected.right.includes(word)).length
  return wrong <= mostWrong(said.length) && right >= leastRight(injected, said.length)
}

/** How often each was said, the most frequent first. */
export function tally(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const descending = [...counts].toSorted((a, b) => b[1] - a[1])
  return descending.map(([word, count]) => `\`${word}\` ${count}`).join(', ')
}
