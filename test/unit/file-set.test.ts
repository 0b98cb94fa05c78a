import { readdirSync } from 'node:fs'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FileSet } from '../../src/files/file-set.js'
import { useTemporaryDirectory } from '../temporary-directory.js'

const startedAt = new Date('2026-11-22T10:13:00.123Z')
const ENDINGS = ['.json', '-members.csv', '-flows.csv']
const TEXTS = ['{}\n', 'member\n', 'flow\n']
const NAMES = ENDINGS.map((ending) => `20261122T101300Z-run${ending}`)

let root: string
useTemporaryDirectory((path) => (root = path))

const openIn = (directory: string): Promise<FileSet> =>
  FileSet.open({ directory, startedAt, kind: 'run', endings: ENDINGS })

const contentsOf = (paths: readonly string[]): Promise<string[]> =>
  Promise.all(paths.map((path) => readFile(path, 'utf8')))

/** A text in the middle of which something is done. */
function* halfway(act: () => void): Generator<string> {
  yield 'first half, '
  act()
  yield 'second half'
}

const fullDisk = (): never => {
  throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
}

describe('the files of a result', () => {
  it('are not there before they are written, in a directory made for them', async () => {
    const directory = join(root, 'a', 'b')
    const files = await openIn(directory)
    expect(await readdir(directory)).toEqual([])
    expect(files.paths).toEqual([])
  })

  it('hold what was written', async () => {
    const files = await openIn(root)
    await files.save(TEXTS)
    expect(files.paths).toEqual(NAMES.map((name) => join(root, name)))
    expect(await contentsOf(files.paths)).toEqual(TEXTS)
    expect(await readdir(root)).toEqual(NAMES.toSorted())
  })

  it('have no name while they are half written', async () => {
    const files = await openIn(root)
    let seen: string[] = []
    await files.save(['{}\n', halfway(() => (seen = readdirSync(root))), 'flow\n'])
    expect(seen).not.toEqual([])
    expect(seen.filter((name) => !name.endsWith('.part'))).toEqual([])
    expect(await contentsOf(files.paths)).toEqual(['{}\n', 'first half, second half', 'flow\n'])
  })

  it('are what they were before while they are written anew', async () => {
    const files = await openIn(root)
    await files.save(TEXTS)
    const before = files.paths
    let seen: string[] = []
    await files.save(['[]\n', halfway(() => (seen = readdirSync(root))), 'other\n'])
    expect(seen).toEqual(expect.arrayContaining(NAMES))
    expect(files.paths).toEqual(before)
    expect(await contentsOf(before)).toEqual(['[]\n', 'first half, second half', 'other\n'])
    expect(await readdir(root)).toEqual(NAMES.toSorted())
  })

  it('of an earlier session are replaced', async () => {
    const first = await openIn(root)
    await first.save(TEXTS)
    const second = await FileSet.at(first.paths[0]!.replace('.json', ''), ENDINGS)
    await second.save(['[]\n', '', ''])
    expect(second.paths).toEqual(first.paths)
    expect(await contentsOf(first.paths)).toEqual(['[]\n', '', ''])
  })

  it('leave nothing where the process ends in the middle of writing', async () => {
    const files = await openIn(root)
    await files.save(['', halfway(() => files.abandon()), '']).catch(() => {})
    const abandoned = await openIn(root)
    let seen: string[] = []
    const cut = abandoned.save([
      halfway(() => {
        abandoned.abandon()
        seen = readdirSync(root)
      }),
      '',
      '',
    ])
    await cut.catch(() => {})
    expect(seen.filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('never replace those of another run', async () => {
    await writeFile(join(root, NAMES[2]!), 'precious')
    const [second, third] = [await openIn(root), await openIn(root)]
    await second.save(TEXTS)
    await third.save(TEXTS)
    expect(second.paths.map((path) => basename(path))).toEqual(
      NAMES.map((name) => name.replace('run', 'run-2')),
    )
    expect(third.paths.map((path) => basename(path))).toEqual(
      NAMES.map((name) => name.replace('run', 'run-3')),
    )
    expect(await readFile(join(root, NAMES[2]!), 'utf8')).toBe('precious')
    expect(await readdir(root)).toHaveLength(7)
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

  it('are named when the disk is full, and those that fit are kept', async () => {
    const files = await openIn(root)
    await expect(files.save(['{}\n', halfway(fullDisk), 'flow\n'])).rejects.toMatchObject({
      code: 'RPB_NOT_WRITTEN',
      message: expect.stringMatching(/-run-members\.csv could not be written: the disk is full/) as string,
    })
    expect(await readdir(root)).toEqual([NAMES[2], NAMES[0]])
  })
})
