import { shuffled } from '../stats/shuffle.js'
import { usageError } from '../errors.js'
import { plural } from '../units/plural.js'
import { flagOf } from './parameters/table.js'

/** How often each flow sends, relative to the others. */
export type WeightPlan =
  { kind: 'uniform' } | { kind: 'zipf'; exponent: number } | { kind: 'list'; file: string; weights: number[] }

/** Zipf exponents above this put nearly everything on one flow, and overflow nothing. */
const MOST_EXPONENT = 10

/**
 * Reads `uniform`, `zipf:1.1`, or the text of a file with one weight a line (other columns before it are ignored,
 * and so is a heading).
 */
export function parseWeights(text: string, flag: string, readFile: (path: string) => string): WeightPlan {
  if (text === 'uniform') return { kind: 'uniform' }
  if (text.startsWith('zipf')) {
    const exponent = Number(text.slice('zipf:'.length))
    if (!/^zipf:\d/.test(text) || !(exponent > 0 && exponent <= MOST_EXPONENT))
      throw usageError(
        `${flag} zipf takes an exponent above 0 and up to ${MOST_EXPONENT}, such as zipf:1.1, not "${text}".`,
      )
    return { kind: 'zipf', exponent }
  }
  const lines = readFile(text)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
  const values = lines.map((line) => Number(line.split(',').at(-1)))
  if (Number.isNaN(values[0])) values.shift() // a heading
  const bad = values.findIndex((value) => !(value >= 0 && Number.isFinite(value)))
  if (bad >= 0 || !values.some((value) => value > 0))
    throw usageError(
      `${flag}: ${text} must have one weight (0 or more, not all 0) a line${bad >= 0 ? `, and weight ${bad + 1} is not` : ''}.`,
    )
  return { kind: 'list', file: text, weights: values }
}

/**
 * The weight of every flow; undefined when all are alike. Zipf's ranks are dealt to flows in a seeded order, so that
 * heavy flows stand anywhere in the plan.
 * @throws RpbenchError (wrong usage) where a list has not one weight for each flow
 */
export function flowWeights(plan: WeightPlan, flows: number, seed: number): Float64Array | undefined {
  if (plan.kind === 'uniform') return undefined
  if (plan.kind === 'zipf')
    return Float64Array.from(shuffled(flows, seed), (rank) => (rank + 1) ** -plan.exponent)
  const { length } = plan.weights
  if (length !== flows)
    throw usageError(
      `${flagOf('weights')} ${plan.file} has ${plural(length, 'weight', 'weights')} for ${plural(flows, 'flow', 'flows')}: give each flow one, or ${flagOf('flows')} ${length}.`,
    )
  return Float64Array.from(plan.weights)
}
