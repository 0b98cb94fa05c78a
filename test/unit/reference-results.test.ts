import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderChurnText } from '../../src/report/churn/text.js'
import { renderSelectorsText } from '../../src/report/selectors/text.js'
import { renderRunText } from '../../src/report/run/text.js'
import { renderVerifyText } from '../../src/report/verify/text.js'
import { churnResult } from '../../src/result/churn-result.js'
import { runResult } from '../../src/result/run-result.js'
import { claimsResult, selectorsResult } from '../../src/result/verify-result.js'

const FOLDER = new URL('../../results/reference/', import.meta.url)
const OPTIONS = { columns: 100, color: false, savedTo: [] }

/** By the first word of the file's name: the schema of the result, and its report as text. */
const KINDS: Record<string, (value: unknown) => { result: unknown; text: string }> = {
  run: (value) => {
    const result = runResult.parse(value)
    return { result, text: renderRunText(result, OPTIONS) }
  },
  churn: (value) => {
    const result = churnResult.parse(value)
    return { result, text: renderChurnText(result, OPTIONS) }
  },
  verify: (value) => {
    const result = claimsResult.parse(value)
    return { result, text: renderVerifyText(result, OPTIONS) }
  },
  'verify-selectors': (value) => {
    const result = selectorsResult.parse(value)
    return { result, text: renderSelectorsText(result, OPTIONS) }
  },
}

const files = readdirSync(FOLDER)
const kindOf = (file: string): string => {
  const name = file.replace('.json', '')
  return name in KINDS ? name : name.split('-')[0]!
}

describe('the reference results', () => {
  it('are of every kind', () =>
    expect(new Set(files.map((file) => kindOf(file)))).toEqual(new Set(Object.keys(KINDS))))

  it.each(files)('%s follows its schema, and has a report', (file) => {
    const value: unknown = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
    const { result, text } = KINDS[kindOf(file)]!(value)
    expect(result, 'no field that the schema does not know').toEqual(value)
    expect(text.split('\n').filter((line) => Array.from(line).length > OPTIONS.columns)).toEqual([])
    expect(text).not.toMatch(/undefined|NaN|\[object/)
  })
})
