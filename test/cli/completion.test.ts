import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))

const HARNESS = fileURLToPath(new URL('zsh-completions.zsh', import.meta.url))

/** Prints what bash offers for each line, then an empty line. */
const IN_BASH = `source "$1"; shift
for COMP_LINE in "$@"; do
  COMP_POINT=\${#COMP_LINE}
  _rpbench
  printf '%s\\n' "\${COMPREPLY[@]}" ''
done`

/** The same of fish, without what it says of each. */
const IN_FISH = `source $argv[1]
for line in $argv[2..]
  complete -C $line | string replace -r '\\t.*' ''
  echo
end`

const SHELLS: Record<string, (script: string) => string[]> = {
  bash: (script) => ['bash', '--norc', '-c', IN_BASH, 'bash', script],
  zsh: (script) => ['zsh', '-f', HARNESS, script],
  fish: (script) => ['fish', '--no-config', '-c', IN_FISH, script],
}

/** What is typed, and what is offered: all of it, or some that must be among it. */
const CASES: readonly [line: string, expected: { all: string[] } | { some: string[]; none: string[] }][] = [
  ['rpbench ', { some: ['run', 'churn', 'verify', 'completion'], none: ['selectors', 'verify selectors'] }],
  ['rpbench comp', { all: ['compare', 'completion'] }],
  ['rpbench verify s', { all: ['selectors'] }],
  ['rpbench verify selectors --js', { all: ['--json'] }],
  ['rpbench verify --claim ', { all: ['affinity', 'balance', 'churn', 'overload'] }],
  ['rpbench run --steer', { all: ['--steering'] }],
  ['rpbench run --no-', { all: ['--no-color', '--no-config', '--no-flows-csv', '--no-save'] }],
  ['rpbench churn --steering ', { all: ['consistent', 'hash', 'sticky'] }],
  ['rpbench run -p 4 --steering c', { all: ['consistent', 'cpu'] }],
  [
    'rpbench run --threshold lat',
    { some: ['latency.response.p99', 'latency.service.p99.9'], none: ['loss.share'] },
  ],
  ["rpbench run --threshold 'changes", { all: [] }],
  ['rpbench check --threshold changes.m', { all: ['changes.movedShare'] }],
  ['rpbench sweep --find ', { all: ['loss', 'max', 'p50', 'p90', 'p99', 'p99.9'] }],
  ['rpbench sweep --find p99 --procs 1,2 --dispatch s', { all: ['shared', 'single'] }],
  ['rpbench compare --metric rate.a', { all: ['rate.achieved', 'rate.achievedShare'] }],
  ['rpbench metrics ', { all: ['churn', 'run', 'sweep', 'verify'] }],
  ['rpbench report ', { all: ['results/1-run.json', 'results/2-run.json'] }],
  ['rpbench report --format j', { all: ['json', 'junit'] }],
  ['rpbench sweep --resume ', { all: ['results/1-run.json', 'results/2-run.json'] }],
  ['rpbench run -r ', { all: [] }],
]

describe.each(Object.keys(SHELLS))('completion in %s', (shell) => {
  let script: string

  beforeAll(async () => {
    ;({ stdout: script } = await runTool(['completion', shell]))
  })

  it.skipIf(!has(shell))('offers what fits, and nothing else', async () => {
    const path = join(directory, 'script')
    await writeFile(path, script)
    await mkdir(join(directory, 'results'))
    for (const name of ['1-run.json', '2-run.json', '2-run-flows.csv'])
      await writeFile(join(directory, 'results', name), '')
    const [file, ...args] = SHELLS[shell]!(path)
    const lines = CASES.map(([line]) => line)
    const options = {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, HOME: directory, TERM: 'dumb' },
    } as const
    const offered = execFileSync(file!, [...args, ...lines], options).split(/^\n|(?<=\n)\n/m)
    const found = CASES.map(([line, expected], i) => {
      const words = (offered[i] ?? '').split('\n').filter((word) => word !== '')
      if ('all' in expected) return [line, { all: words.toSorted() }]
      return [
        line,
        {
          some: expected.some.filter((word) => words.includes(word)),
          none: expected.none.filter((word) => !words.includes(word)),
        },
      ]
    })
    expect(found).toEqual(CASES)
  })

  it('is the same for every user, so that a package may ship it', () =>
    expect(script).not.toContain(process.cwd()))
})

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'])
    return true
  } catch {
    return false
  }
}

it('names the shells there are', async () => {
  const { status, stderr } = await runTool(['completion', 'tcsh'])
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'rpbench: There is no completion for "tcsh": name one of bash, zsh, fish.\n',
  })
})
