import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readResult, readResultsIn } from '../../src/files/saved-result.js'
import { resultText } from '../../src/report/formats/text.js'
import { page } from '../../src/report/page/page.js'
import { kindOf, parseResult, parseResultOf, RESULT_KINDS } from '../../src/result/saved-result.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { sampleResult } from './sample-result.js'

let root: string
useTemporaryDirectory((path) => (root = path))

describe('reading a result', () => {
  it('gives back what was saved', async () => {
    const path = join(root, 'saved.json')
    await writeFile(path, JSON.stringify(sampleResult()))
    expect(await readResult(path)).toEqual(sampleResult())
  })

  it.each([
    [
      'a newer version',
      { schema: 'rpbench/run@2' },
      'x is a result of version rpbench/run@2, and this rpbench reads up to rpbench/run@1: update rpbench.',
    ],
    ['another tool', { results: [] }, 'x is not a saved result of rpbench.'],
    ['a list of them', { schema: 'rpbench/list@1' }, 'x is not a saved result of rpbench.'],
    [
      'an edited file',
      { ...sampleResult(), durationNs: 'long' },
      'x does not follow rpbench/run@1: durationNs: ',
    ],
  ])('refuses that of %s', async (_name, value, message) => {
    await expect(parseResult(JSON.stringify(value), 'x')).rejects.toMatchObject({
      code: 'RPB_USAGE',
      message: expect.stringContaining(message) as string,
    })
  })

  it('of one kind refuses that of another', () =>
    expect(parseResultOf('sweep', JSON.stringify(sampleResult()), 'x')).rejects.toThrow(
      'x is a result of rpbench/run@1; one of rpbench/sweep@1 is needed.',
    ))

  it('refuses what is not there or not JSON', async () => {
    await expect(parseResult('cut sh', 'x')).rejects.toThrow('x is not JSON')
    await expect(parseResult('null', 'x')).rejects.toThrow('x is not a saved result of rpbench')
    await expect(readResult(join(root, 'none.json'))).rejects.toThrow('cannot be read: there is no such file')
  })
})

async function savePage(text: string): Promise<string> {
  const path = join(root, 'page.html')
  await writeFile(path, text)
  return path
}

describe('reading a page', () => {
  it('gives the result that it shows', async () => {
    const result = sampleResult({ label: '</script> & "more"' })
    expect(await readResult(await savePage(page([result])))).toEqual(result)
  })

  it('gives all of several, and no one of them', async () => {
    const results = [sampleResult({ label: 'one' }), sampleResult({ label: 'two' })]
    const path = await savePage(page(results))
    expect(await readResultsIn(path)).toEqual(results)
    await expect(readResult(path)).rejects.toThrow('holds 2 results, and one is needed')
  })

  it('says where there is none, and where it is damaged', async () => {
    const whole = page([sampleResult()])
    for (const text of [
      '<!doctype html><p>nothing',
      whole.slice(0, -4000),
      whole.replace('"results":["eN', '"results":["eX'),
    ])
      await expect(readResult(await savePage(text))).rejects.toThrow(
        'is a page without a result in it, or a damaged one',
      )
  })
})

const REPOSITORY = new URL('../../', import.meta.url)
/** What older versions of the tool saved, one of each kind at least; what is here is never made anew. */
const SAVED = ['results/reference/', 'test/saved-results/'].flatMap((folder) =>
  readdirSync(new URL(folder, REPOSITORY)).map((file) => folder + file),
)
/** Kinds and versions that are read, or were ever. */
const READABLE = [
  'run@1',
  'churn@1',
  'repeat@1',
  'sweep@1',
  'verify@1',
  'selectors@1',
  'predict@1',
  'compare@1',
  'attach@1',
]

describe('a result of an older version', () => {
  it.each(SAVED)('in %s is read as it was saved, and has a report', async (file) => {
    const path = fileURLToPath(new URL(file, REPOSITORY))
    const result = await readResult(path)
    expect(result).toEqual(JSON.parse(readFileSync(path, 'utf8')))
    const text = resultText(result, { columns: 100, color: false })
    expect(text).not.toMatch(/undefined|NaN|\[object/)
    expect(text.includes('label ')).toBe('label' in result)
  })

  it('is there of each kind and version', async () => {
    const there = await Promise.all(
      SAVED.map(async (file) => {
        const result = await readResult(fileURLToPath(new URL(file, REPOSITORY)))
        return `${kindOf(result)!}@${result.schema.split('@')[1]!}`
      }),
    )
    expect([...new Set(there)].toSorted()).toEqual(READABLE.toSorted())
    expect(new Set(READABLE.map((name) => name.split('@')[0]))).toEqual(new Set(RESULT_KINDS))
  })
})
