import { layOut } from './line.js'
import { createStyle } from './style.js'
import type { TextOptions } from './views.js'

/** Where a result was saved: the first path in full; of the others, where they only end differently, just that end; and what was not. */
export function renderSaved(
  paths: readonly string[],
  options: TextOptions,
  withheld: readonly string[] = [],
): string {
  const [first = '', ...others] = paths
  const stem = first.replace(/\.[^./]*$/, '')
  const ends = others.map((path) => (path.startsWith(stem) ? path.slice(stem.length) : path))
  const line = { label: 'saved', phrases: [first, ...ends, ...withheld].map((text) => ({ text })) }
  return `${layOut([line], createStyle(options)).join('\n')}\n`
}
