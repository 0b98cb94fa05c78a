import type { Line } from './line.js'

/** Where the result is: the first path in full; of the others, where they only end differently, just that end. */
export function savedLines(paths: readonly string[]): Line[] {
  const [first, ...others] = paths
  if (first === undefined) return []
  const stem = first.replace(/\.[^./]*$/, '')
  const ends = others.map((path) => (path.startsWith(stem) ? path.slice(stem.length) : path))
  return [{ label: 'saved', phrases: [first, ...ends].map((text) => ({ text })) }]
}
