import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Room and what it may import, in words, as the linter's messages say it. */
const ENFORCED = Object.fromEntries(
  [
    ...read('.oxlintrc.json').matchAll(/src\/(\w+) may import only ([^("]+?) \(docs\/architecture\.md\)/g),
  ].map(([, room, imports]) => [room, imports === 'no other room' ? 'nothing' : imports] as const),
)

it('the table in docs/architecture.md says which imports the linter allows', () => {
  const table = [...read('docs/architecture.md').matchAll(/^\| `(\w+)\/` *\|.*\| ([^|]+?) *\|$/gm)]
  expect(Object.keys(ENFORCED).length).toBeGreaterThan(10)
  expect(Object.fromEntries(table.map(([, room, imports]) => [room, imports]))).toEqual(ENFORCED)
})
