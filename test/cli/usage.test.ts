import { execFileSync } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, type Outcome } from './tool.js'

const LOADED_FILES = fileURLToPath(new URL('loaded-files.cjs', import.meta.url))

let directory: string
useTemporaryDirectory((path) => (directory = path))

/** Runs the tool in an empty directory, where it fails loudly if it starts a process or a thread. */
async function guarded(...args: string[]): Promise<Outcome> {
  return runTool(args, { cwd: directory, guarded: true })
}

describe('bad input', () => {
  it.each([
    ['--procs 0', ['--procs', '0'], /--procs '0' .*\b1\b/],
    ['--procs x', ['--procs', 'x'], /--procs 'x' is not a whole number/],
    ['--procs 257', ['--procs', '257'], /--procs '257' .*256/],
    ['--flows 0', ['--flows', '0'], /--flows '0' .*\b1\b/],
    ['--flows 1e9', ['--flows', '1e9'], /--flows '1e9' .*16,000,000/],
    ['a payload smaller than the header', ['--payload', '55'], /--payload '55' .*56 B/],
    ['a payload larger than a datagram', ['--payload', '64K'], /--payload '64K' /],
    ['--source-ports 9-3', ['--source-ports', '9-3'], /--source-ports '9-3' runs backwards/],
    ['a host that is not ours', ['--host', '203.0.113.7'], /203\.0\.113\.7 is not an address of this host/],
    [
      'a source address that is not ours',
      ['--source-addresses', '127.0.0.1,203.0.113.7'],
      /203\.0\.113\.7 is not an address of this host/,
    ],
    ['a host by name', ['--host', 'localhost'], /--host 'localhost' is not an IPv4 or IPv6 address/],
    ['--duration 5 without a unit', ['--duration', '5'], /--duration '5' has no unit: .*5s/],
    ['an unknown flag', ['--proc', '4'], /no flag --proc\b.*--procs/],
    ['a misspelt flag', ['--durration=5s'], /no flag --durration.*--duration/],
    ['a flag without its value', ['--procs'], /--procs/],
    ['an unknown kind of server', ['--server', 'fork'], /--server is processes or threads, not "fork"/],
    [
      'two lengths of the run',
      ['--duration', '1s', '--requests', '5'],
      /--duration and --requests exclude each other/,
    ],
    [
      'more flows than sources',
      ['--flows', '100', '--source-ports', '20000-20009', '--source-addresses', '127.0.0.1-127.0.0.2'],
      /--flows 100 does not fit: 2 source addresses × 10 ports \(20000-20009\) make 20 flows/,
    ],
    ['a negative number', ['--seed', '-1'], /--seed/],
    [
      'a CPU that there is not',
      ['--pin-members', '1023'],
      /--pin-members: CPU 1023 is none that this process may use/,
    ],
    [
      'an unknown dispatch',
      ['--dispatch', 'prefork'],
      /--dispatch is reuseport or shared or single or fan-out/,
    ],
    [
      'a single process of several',
      ['--dispatch', 'single', '-p', '4'],
      /--dispatch single is one process, not 4/,
    ],
    [
      'steering without sockets to steer to',
      ['--dispatch', 'shared', '--steering', 'random'],
      /--steering random and --dispatch shared exclude each other/,
    ],
  ])(
    'such as %s is one sentence on standard error, before anything starts',
    async (_name, args, sentence) => {
      const outcome = await guarded('run', ...args)
      expect(outcome).toMatchObject({ status: 2, signal: null, stdout: '' })
      expect(outcome.stderr).toMatch(/^rpbench: [^\n]+\.\n$/)
      expect(outcome.stderr).toMatch(sentence)
      expect(await readdir(directory), 'no file is made').toEqual([])
    },
  )

  it('such as an --output that cannot be written is found before anything starts', async () => {
    const file = join(directory, 'file')
    await writeFile(file, '')
    const outcome = await guarded('run', '--output', join(file, 'below'))
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(/^rpbench: Results cannot be written to [^\n]+--output\.\n$/)
    expect(await readdir(directory)).toEqual(['file'])
  })

  it.each([
    [
      'in no directory',
      ['--hgrm', 'none/x'],
      'none/x cannot be written: there is no such file or directory; name another file with --hgrm.',
    ],
    [
      'of a directory',
      ['--hdr-log', '.'],
      '. cannot be written: it is a directory; name another file with --hdr-log.',
    ],
    [
      'of a device',
      ['--hgrm', '/dev/null'],
      '/dev/null cannot be written: it is no plain file; name another file with --hgrm.',
    ],
    [
      'of another export',
      ['--hgrm', 'x', '--hdr-log', './x'],
      '--hgrm and --hdr-log name the same file, ./x: give each its own.',
    ],
  ])('such as an export to the name %s is found before anything starts', async (_name, flags, sentence) => {
    const outcome = await runTool(['run', '--no-save', ...flags], { guarded: true, cwd: directory })
    expect(outcome).toMatchObject({ status: 2, stdout: '', stderr: `rpbench: ${sentence}\n` })
    expect(await readdir(directory)).toEqual([])
  })

  it.each([
    ['no character', ''],
    ['two lines', 'two\nlines'],
    ['101 characters', 'x'.repeat(101)],
  ])('such as a --label of %s is found before anything starts', async (_name, label) => {
    const outcome = await guarded('run', '--label', label)
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toBe(
      'rpbench: --label takes 1 to 100 characters on one line: give a shorter name.\n',
    )
    expect(await readdir(directory)).toEqual([])
  })

  it.each(['report', 'check'])('such as a %s of nothing is one sentence', async (command) => {
    const outcome = await guarded(command)
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(
      new RegExp(`^rpbench: FILE is missing: [^\\n]+; see rpbench ${command} --help\\.\\n$`),
    )
  })

  it('is told from good input: that would start something', async () => {
    const outcome = await guarded('run', '--flows', '10', '--no-save')
    expect(outcome).toMatchObject({ status: 99, stderr: 'something was started\n' })
  })
})

/** What the tool has loaded by its end. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const { stderr } = await runTool(args, { env: { NODE_OPTIONS: `--require ${LOADED_FILES}` } })
  return stderr.trim().split('\n')
}

it('starts at the path that npx remembers of earlier clones', () => {
  const earlier = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
  expect(execFileSync(earlier, ['--version'], { encoding: 'utf8' })).toMatch(/^rpbench\/\d/)
})

describe('rpbench --help', () => {
  it.each([[['--help']], [['run', '--help']]])(
    'takes one file, and neither the addon nor a command: %j',
    async (args) => {
      expect(await loadedBy(...args)).toEqual(['dist/bundle/rpbench.cjs'])
    },
  )

  it('names the commands', async () => {
    const outcome = await guarded('--help')
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(outcome.stdout).toMatch(/^ {2}run /m)
  })

  it('of run shows examples and every flag of the issue', async () => {
    const outcome = await guarded('run', '--help')
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(outcome.stdout).toContain('EXAMPLES')
    expect(outcome.stdout).toContain('rpbench run --procs 4 --flows 10000')
    for (const flag of [
      'procs',
      'host',
      'port',
      'server',
      'receive-buffer',
      'flows',
      'seed',
      'source-ports',
      'source-addresses',
      'workers',
      'in-flight',
      'duration',
      'requests',
      'warmup',
      'payload',
      'timeout',
      'json',
      'output',
      'no-color',
    ])
      expect(outcome.stdout).toContain(`--${flag}`)
  })
})

describe('rpbench --version', () => {
  it('says what it is', async () => {
    const outcome = await guarded('--version')
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(outcome.stdout).toMatch(/^rpbench\/\d+\.\d+\.\d+ /)
  })
})
