import { expect, it } from 'vitest'
import { verifySelectors } from '../../src/experiment/selectors.js'
import { selectorsResult } from '../../src/result/verify-result.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'

const asRoot = process.geteuid?.() === 0

it('this kernel selects as its own selftests say, and as docs/kernel.md does', () => {
  const result = verifySelectors('0.0.0')
  expect(selectorsResult.parse(result)).toEqual(result)
  expect(result.cases.filter(({ outcome }) => outcome === 'fail')).toEqual([])
  expect(new Set(result.cases.map(({ id }) => id)).size).toBe(result.cases.length)
  const allowed = asRoot && mayLoadEbpf()
  expect(result.cases.filter(({ outcome }) => allowed && outcome !== 'pass')).toEqual([])
})
