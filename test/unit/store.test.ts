import { open, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  openResultFiles,
  parseRunResult,
  readRunResult,
  type ResultFiles,
  writeResultFile,
} from '../../src/result/store.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { sampleResult } from './sample-result.js'

const startedAt = new Date('2026-11-22T10:13:00.123Z')
const contents = { json: '{}\n', membersCsv: 'member\n', flowsCsv: 'flow\n' }
const NAMES = [
  '20261122T101300Z-run-flows.csv',
  '20261122T101300Z-run-members.csv',
  '20261122T101300Z-run.json',
]

let root: string
useTemporaryDirectory((path) => (root = path))

const openIn = (directory: string): Promise<ResultFiles<'run'>> =>
  openResultFiles({ directory, startedAt, kind: 'run' })

describe('the files of a result', () => {
  it('exist, in a directory made for them, before anything is written', async () => {
    const directory = join(root, 'a', 'b')
    const files = await openIn(directory)
    expect((await readdir(directory)).toSorted()).toEqual(NAMES)
    expect(files.paths.json).toBe(join(directory, '20261122T101300Z-run.json'))
    await files.discard()
  })

  it('hold what was written', async () => {
    const files = await openIn(root)
    await files.write(contents)
    expect(await readFile(files.paths.json, 'utf8')).toBe(contents.json)
    expect(await readFile(files.paths.membersCsv, 'utf8')).toBe(contents.membersCsv)
    expect(await readFile(files.paths.flowsCsv, 'utf8')).toBe(contents.flowsCsv)
  })

  it('are those of its kind', async () => {
    const files = await openResultFiles({ directory: root, startedAt, kind: 'churn' })
    await files.write({ json: '{}\n', changesCsv: 'change\n' })
    expect((await readdir(root)).toSorted()).toEqual([
      '20261122T101300Z-churn-changes.csv',
      '20261122T101300Z-churn.json',
    ])
    expect(await readFile(files.paths.changesCsv, 'utf8')).toBe('change\n')
  })

  it('are gone when nothing was measured', async () => {
    const files = await openIn(root)
    await files.discard()
    expect(await readdir(root)).toEqual([])
  })

  it('never replace those of another run', async () => {
    await writeFile(join(root, '20261122T101300Z-run-flows.csv'), 'precious')
    const second = await openIn(root)
    const third = await openIn(root)
    expect(second.paths.json).toBe(join(root, '20261122T101300Z-run-2.json'))
    expect(third.paths.flowsCsv).toBe(join(root, '20261122T101300Z-run-3-flows.csv'))
    await Promise.all([second.write(contents), third.discard()])
    expect(await readFile(join(root, '20261122T101300Z-run-flows.csv'), 'utf8')).toBe('precious')
    expect(await readdir(root)).toHaveLength(4)
  })

  it.each([
    ['under a regular file', () => join(root, 'file', 'child'), 'a part of the path is a file'],
    ['that is a regular file', () => join(root, 'file'), 'a part of the path is a file'],
    ['where nothing can be made', () => '/proc/nope', 'there is no such file or directory'],
  ])('cannot be opened in a directory %s', async (_name, directory, reason) => {
    await writeFile(join(root, 'file'), '')
    await expect(openIn(directory())).rejects.toMatchObject({
      code: 'RPB_OUTPUT',
      message: expect.stringMatching(
        new RegExp(`^Results cannot be written to ${directory()}: ${reason}.*--output\\.$`),
      ) as string,
    })
  })

  it('name themselves when the disk is full', async () => {
    const handle = await open('/dev/full', 'w')
    await expect(writeResultFile({ path: 'results/x.json', handle }, '{}')).rejects.toMatchObject({
      code: 'RPB_OUTPUT',
      message: expect.stringMatching(/^results\/x\.json could not be written .*: the disk is full/) as string,
    })
    await expect(handle.stat(), 'closed all the same').rejects.toMatchObject({ code: 'EBADF' })
  })
})

describe('reading a result', () => {
  it('gives back what was saved', async () => {
    const path = join(root, 'saved.json')
    await writeFile(path, JSON.stringify(sampleResult()))
    expect(await readRunResult(path)).toEqual(sampleResult())
  })

  it.each([
    [
      'a newer version',
      { schema: 'rpbench/run@2' },
      'x is a result of version rpbench/run@2, and this rpbench reads up to rpbench/run@1: update rpbench.',
    ],
    [
      'another command',
      { schema: 'rpbench/churn@1' },
      'x is a result of rpbench/churn@1; one of rpbench/run@1 is needed.',
    ],
    ['another tool', { results: [] }, 'x is not a result of rpbench'],
    [
      'an edited file',
      { ...sampleResult(), durationNs: 'long' },
      'x does not follow rpbench/run@1: durationNs: ',
    ],
  ])('refuses that of %s', async (_name, value, message) => {
    await expect(parseRunResult(JSON.stringify(value), 'x')).rejects.toMatchObject({
      code: 'RPB_USAGE',
      message: expect.stringContaining(message) as string,
    })
  })

  it('refuses what is not there or not JSON', async () => {
    await expect(parseRunResult('cut sh', 'x')).rejects.toThrow('x is not JSON')
    await expect(parseRunResult('null', 'x')).rejects.toThrow('x is not a result of rpbench')
    await expect(readRunResult(join(root, 'none.json'))).rejects.toThrow(
      'cannot be read: there is no such file',
    )
  })
})
