import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool } from './tool.js'

const REFERENCE = fileURLToPath(new URL('../../results/reference/', import.meta.url))

let root: string
useTemporaryDirectory((path) => (root = path))

const report = (...args: string[]) => runTool(['report', ...args], { guarded: true })

describe('rpbench report', () => {
  it('prints a saved result again', async () => {
    const { status, stdout, stderr } = await report(join(REFERENCE, 'run.json'))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^rpbench run {3}udp 127\.0\.0\.1:\d+ · 4 processes/)
  })

  it('names and skips what is no result, where there are others', async () => {
    await writeFile(join(root, 'cut.json'), '{ "schema": "rpb')
    const { status, stdout, stderr } = await report(join(root, 'cut.json'), REFERENCE, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(6)
    expect(stderr).toMatch(/^rpbench: skipped: \S+cut\.json is not JSON; [^\n]+\.\n$/)
    expect(await report(join(root, 'cut.json'))).toMatchObject({ status: 2, stdout: '' })
  })

  it('holds a result against thresholds, and writes it to a file', async () => {
    const path = join(root, 'checked.json')
    const { status, stdout } = await report(
      join(REFERENCE, 'run.json'),
      '--format',
      'json',
      '--output',
      path,
      '--threshold',
      'latency.service.p99<1us',
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: ` saved     ${path}\n` })
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ thresholds: [{ outcome: 'fail' }] })
  })

  it('takes of a folder what the format has something to say of, and names the rest', async () => {
    const { status, stdout, stderr } = await report(REFERENCE, '--format', 'csv')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^name,command,metric,unit,better,[^\n]+\nrpbench churn /)
    expect(stderr).toMatch(
      /^rpbench: skipped: \S+selectors\.json is a result of selectors, of which [^\n]+\.\n$/,
    )
  })

  it('makes a page, and reads it again', async () => {
    const path = join(root, 'page.html')
    const made = await report(join(REFERENCE, 'churn-hash.json'), '--format', 'html', '--output', path)
    expect(made).toMatchObject({ status: 0, stderr: '' })
    const { stdout } = await report(path, '--format', 'json')
    expect(JSON.parse(stdout)).toEqual(
      JSON.parse(await readFile(join(REFERENCE, 'churn-hash.json'), 'utf8')) as unknown,
    )
  })

  it.each([
    [['none.json'], 'cannot be read: there is no such file'],
    [[join(REFERENCE, 'run.json'), '--format', 'pdf'], '--format is text or json or markdown or junit'],
    [[join(REFERENCE, 'verify-selectors.json'), '--threshold', 'books.lost==0'], 'has no metrics'],
    [
      [join(REFERENCE, 'verify-selectors.json'), '--format', 'bencher'],
      'says nothing: it takes those of run, ',
    ],
    [[join(REFERENCE, 'run.json'), '--json', '--format', 'text'], 'are two formats'],
    [[join(REFERENCE, 'run.json'), '--output', '/'], 'it is a directory'],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const { status, stdout, stderr } = await report(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
    expect(stderr).toContain(sentence)
  })
})
