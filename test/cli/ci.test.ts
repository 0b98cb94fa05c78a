import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { CLI, withoutProgress } from './tool.js'

const DOCUMENT = await readFile(new URL('../../docs/ci.md', import.meta.url), 'utf8')

/** The blocks of a language, in the order of the document. */
const blocksOf = (language: string): string[] =>
  [...DOCUMENT.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!)

const [PERFORMANCE = '', CHARTS = ''] = blocksOf('sh')
const [WORKFLOW = ''] = blocksOf('yaml')
/** What the workflow runs, in its order. */
const STEPS = [...WORKFLOW.matchAll(/^\s+(?:- )?run: (.*)$/gm)].map(([, command]) => command!)

/** As much of the plan as a test has time for: still enough repetitions to compare. */
const SHORT = { procs: 2, flows: 40, rate: '2k', duration: '100ms', warmup: '0s', repeat: 5 }

let root: string
useTemporaryDirectory((path) => (root = path))

/** A program of that name, which comes before any other. */
async function program(name: string, text: string): Promise<void> {
  const path = join(root, 'bin', name)
  await mkdir(join(root, 'bin'), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${text}\n`)
  await chmod(path, 0o755)
}

function shell(command: string): Promise<{ status: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-e', '-c', command],
      {
        cwd: root,
        env: {
          ...process.env,
          PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH']}`,
          GITHUB_STEP_SUMMARY: join(root, 'step-summary.md'),
        },
      },
      (error, _, stderr) => {
        resolve({ status: error ? Number(error.code) : 0, stderr: withoutProgress(stderr) })
      },
    )
  })
}

const file = (name: string): Promise<string> => readFile(join(root, name), 'utf8')

describe('docs/ci.md', () => {
  it('has commands that do what it says', async () => {
    const [config = ''] = blocksOf('json')
    const { run } = JSON.parse(config) as { run: { threshold: string[] } }
    // What is installed there stands here in dist/.
    await program('npx', `[ "$1" = rpbench ] || exit 9\nshift\nexec "${process.execPath}" "${CLI}" "$@"`)
    await program('npm', '[ "$*" = ci ]')
    await writeFile(join(root, 'rpbench.config.json'), JSON.stringify({ run: { ...run, ...SHORT } }))
    await writeFile(join(root, 'performance.sh'), PERFORMANCE)

    expect(STEPS).toEqual([
      'npm ci',
      'bash performance.sh',
      'cat summary.md >> "$GITHUB_STEP_SUMMARY"',
      'rm -rf base && mv new base',
    ])
    // Twice: as the job of the base branch, and as one that has its results.
    for (const name of ['base', 'change']) {
      for (const step of STEPS) {
        // What is measured here is of a busy host: whether its limits pass is not what is tested.
        const { status, stderr } = await shell(step)
        expect(step.includes('performance') ? [0, 3, 99] : [0], `${step}: ${stderr}`).toContain(status)
        expect(stderr).toBe('')
      }
      const summary = await file('step-summary.md')
      expect(summary).toMatch(/^## rpbench run --procs 2 /)
      for (const threshold of run.threshold) expect(summary).toContain(threshold.split(/[<=>]/)[0])
      expect(summary.includes('## Against the base branch')).toBe(name === 'change')
      expect(await file('junit.xml')).toContain('name="threshold: books.unexplained equal to its limit"')
    }
    expect(await file('compare.txt')).toMatch(/rate\.roundTrips/)

    expect(await shell(CHARTS)).toEqual({ status: 0, stderr: '' })
    expect(await readdir(root)).toEqual(
      expect.arrayContaining(['bigger.json', 'smaller.json', 'bencher.json', 'figures.csv']),
    )
    expect(JSON.parse(await file('bigger.json'))).toContainEqual(
      expect.objectContaining({ name: expect.stringMatching(/: rate\.roundTrips$/) as string, unit: '1/s' }),
    )
  })
})
