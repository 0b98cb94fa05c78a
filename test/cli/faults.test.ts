import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { sweepResult } from '../../src/result/sweep-result.js'
import { until } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { mayHaveNamespace } from './namespace.js'
import { without } from '../refused-calls.js'
import { CLI, runTool, Tool, type ToolOptions } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

const PREDICT = ['predict', '--to', '5']
const GROUP = ['run', '-p', '2', '--warmup', '0s']
const RUN = [...GROUP, '-f', '50', '-d', '50ms', '--no-save']
const TO_RESULTS = [...GROUP, '-o', 'results']
const SAVED_RUN = [...TO_RESULTS, '-f', '50', '-d', '50ms']

/** What runs a command after a line of a shell, in which $PWD is an empty directory. */
const after = (line: string): string[] => ['bash', '-c', `${line} && exec "$@"`, 'bash']
const inMountNamespace = (line: string): string[] => ['unshare', '--mount', ...after(line)]

/** An outcome of which one sentence is all that is said on standard error. */
const saying = (status: number, sentence: RegExp): object => ({
  status,
  stderr: expect.stringMatching(new RegExp(`^rpbench: [^\\n]*${sentence.source}.*\\.\\n$`)) as string,
})

type Case = [fault: string, args: string[], options: ToolOptions, status: number, sentence: RegExp]

const FEW_FILES = /limit of 30 open files is too low to start: raise it .*ulimit -n/
const ANYBODY: Case[] = [
  ['30 open files', PREDICT, { openFiles: 30 }, 1, FEW_FILES],
  ['30 open files, for a run', RUN, { openFiles: 30 }, 1, FEW_FILES],
  ['30 open files, for a command that there is not', ['nonsense'], { openFiles: 30 }, 1, FEW_FILES],
  [
    'a Node that is too old',
    PREDICT,
    { env: { NODE_OPTIONS: '--require ./old-node.cjs' } },
    1,
    /Node\.js 18\.2\.0 is too old: rpbench needs 20\.19 or later/,
  ],
  [
    'a working directory that is gone',
    SAVED_RUN,
    { under: after('mkdir gone && cd gone && rmdir "$OLDPWD/gone"') },
    2,
    /Results cannot be written to results: the working directory is gone; .*--output/,
  ],
  [
    'file sizes of 0',
    RUN,
    { under: after('ulimit -f 0') },
    1,
    /memfd_create failed \(EFBIG\): .*raise it with ulimit -f/,
  ],
  [
    'low source ports of a plain user',
    [...RUN, '--source-ports', '1-1000'],
    { unprivileged: true },
    2,
    /--source-ports 1-1000 takes root .*choose ports from 1024 on/,
  ],
  [
    'a low port of a plain user',
    [...RUN, '--port', '53'],
    { unprivileged: true },
    2,
    /--port 53 takes root .*choose ports from 1024 on/,
  ],
  ['weights from a pipe', [...RUN, '--weights', 'pipe'], {}, 2, /"pipe" cannot be read: it is a pipe/],
  ['weights without end', [...RUN, '--weights', '/dev/zero'], {}, 2, /"\/dev\/zero" .*it is a device/],
  [
    'weights of 1 TiB',
    [...RUN, '--weights', 'huge'],
    {},
    2,
    /"huge" cannot be read: it is longer than 64 MiB/,
  ],
  [
    'weights for other flows',
    [...RUN, '--weights', 'two'],
    {},
    2,
    /two has 2 weights for 50 flows: .*--flows 2/,
  ],
  ['a sweep from a pipe', ['sweep', '--resume', 'pipe'], {}, 2, /pipe cannot be read: it is a pipe/],
  ['a sweep without end', ['sweep', '--resume', '/dev/urandom'], {}, 2, /\/dev\/urandom .*it is a device/],
  ['a sweep that is a directory', ['sweep', '--resume', '.'], {}, 2, /\. cannot be read: it is a directory/],
]

const FORBIDDEN = 'it is forbidden here, as the seccomp profiles of many containers do'
const REFUSED: Case[] = ['memfd_create', 'socket', 'getrusage', 'clock_gettime'].map((call) => [
  `${call} refused`,
  RUN,
  { under: without(call) },
  1,
  new RegExp(`The system call ${call} failed \\(EPERM\\): ${FORBIDDEN}`),
])

REFUSED.push([
  'recvmmsg refused, which members go by',
  RUN,
  { under: without('recvmmsg') },
  1,
  /Member \d \(process \d+\) could not serve: recvmmsg failed \(EPERM\) while starting/,
])

for (const call of ['getsockopt', 'getsockname', 'ioctl'])
  REFUSED.push([
    `${call} refused, which Node needs for a pipe that is a socket`,
    RUN,
    { under: without(call) },
    1,
    /Node\.js cannot write to standard output, .*send the output to a file/,
  ])

const IN_NAMESPACES: Case[] = [
  [
    'no loopback',
    RUN,
    { under: ['unshare', '--net'] },
    1,
    /loopback interface is down here.*ip link set lo up/,
  ],
  [
    'no loopback, over IPv6',
    [...RUN, '--host', '::1'],
    { under: ['unshare', '--net'] },
    1,
    /loopback interface is down here/,
  ],
  ['no /proc', RUN, { under: inMountNamespace('mount -t tmpfs x /proc') }, 1, /There is no \/proc here/],
  [
    'no free port',
    [...RUN, '--source-ports', '20000-20100'],
    {
      under: [
        'unshare',
        '--net',
        ...after(
          'ip link set lo up && echo 50000 50000 > /proc/sys/net/ipv4/ip_local_port_range && { python3 holder.py & read < held; }',
        ),
      ],
    },
    1,
    /All ports 50000-50000 of 127\.0\.0\.1 are in use: .*--port/,
  ],
]

/** Holds the only port until the tool, which takes the place of its parent, has ended. */
const HOLDER = `
import os, select, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 50000))
parent = os.pidfd_open(os.getppid())
open("held", "w").write("now\\n")
os.close(1); os.close(2)
select.select([parent], [], [])
`

function makeMaterial(): void {
  execFileSync('mkfifo', [join(directory, 'pipe'), join(directory, 'held')])
  writeFileSync(join(directory, 'two'), '1\n2\n')
  writeFileSync(join(directory, 'huge'), '')
  truncateSync(join(directory, 'huge'), 2 ** 40)
  writeFileSync(join(directory, 'holder.py'), HOLDER)
  writeFileSync(
    join(directory, 'old-node.cjs'),
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.2.0' } })",
  )
}

describe('one sentence, and its exit status, is all that there is of', () => {
  it.each(ANYBODY)('%s', async (_name, args, options, status, sentence) => {
    makeMaterial()
    const outcome = await runTool(args, { cwd: directory, ...options })
    expect(outcome).toMatchObject(saying(status, sentence))
    expect(outcome.stdout).toBe('')
  })

  it.each(REFUSED)('%s', async (_name, args, options, status, sentence) =>
    expect(await runTool(args, { cwd: directory, ...options })).toMatchObject(saying(status, sentence)),
  )

  it.skipIf(!mayHaveNamespace()).each(IN_NAMESPACES)('%s', async (_name, args, options, status, sentence) => {
    makeMaterial()
    expect(await runTool(args, { cwd: directory, ...options })).toMatchObject(saying(status, sentence))
  })
})

describe('nothing is said of', () => {
  const silent = { status: 0, stderr: '' }

  it('a home directory that cannot be read', async () => {
    const home = join(directory, 'home')
    mkdirSync(home)
    chmodSync(home, 0)
    const env = { HOME: home, XDG_DATA_HOME: join(home, 'data') }
    expect(await runTool(PREDICT, { unprivileged: true, env })).toMatchObject(silent)
  })

  it('a user whom the system does not know, and an environment that is empty', async ({ skip }) => {
    const under = ['setpriv', '--reuid=299999', '--regid=299999', '--clear-groups']
    const readable =
      spawnSync(under[0]!, [...under.slice(1), 'test', '-r', CLI, '-a', '-x', process.execPath]).status === 0
    skip(!readable, 'needs root, and a tool that others may read')
    const env = { HOME: undefined, SHELL: undefined }
    expect(await runTool(PREDICT, { under, env })).toMatchObject(silent)
  })

  it('a working directory that is gone, where none is needed', async () => {
    const under = after('mkdir gone && cd gone && rmdir "$OLDPWD/gone"')
    expect(await runTool(PREDICT, { cwd: directory, under })).toMatchObject(silent)
  })

  it('a /proc/sys that is hidden', { skip: !mayHaveNamespace() }, async () => {
    const under = inMountNamespace('mount -t tmpfs x /proc/sys')
    expect(await runTool(RUN, { under })).toMatchObject(silent)
  })
})

/** Where something goes wrong in each thread but the first: a line of JavaScript that these run before all else. */
function inThreads(line: string): ToolOptions {
  const file = join(directory, 'in-threads.cjs')
  writeFileSync(file, `if (!require('node:worker_threads').isMainThread) { ${line} }`)
  return { env: { NODE_OPTIONS: `--require ${file}` } }
}

describe('a client thread', () => {
  it('needs no folder of the package, which may not be readable any more', async () => {
    const refused = "require('node:fs').readdirSync = () => { throw new Error('refused') }"
    expect(await runTool(RUN, inThreads(refused))).toMatchObject({ status: 0, stderr: '' })
  })

  it('that fails, and whose successor fails too, is told of once', async () => {
    const failing = "throw Object.assign(new Error('No thread today.'), { code: 'RPB_NATIVE' })"
    const options = inThreads(failing)
    const tries = [1, 2, 3].map(() => runTool([...RUN, '-w', '4'], options))
    for (const outcome of await Promise.all(tries))
      expect(outcome).toMatchObject(saying(1, /No thread today/))
  })
})

describe('files that cannot be written when a run is over', () => {
  it('cost the files alone: the report is printed, and those that fit are kept', async () => {
    const under = after('ulimit -f 24')
    const outcome = await runTool([...TO_RESULTS, '-f', '2000', '-d', '50ms'], { cwd: directory, under })
    expect(outcome).toMatchObject(
      saying(1, /-run-flows\.csv could not be written: the limit of file sizes \(ulimit -f\) was met/),
    )
    expect(outcome.stdout).toMatch(/^ balance /m)
    expect(outcome.stdout).toMatch(/^ saved .*-members\.csv/m)
    const names = readdirSync(join(directory, 'results'))
    expect(names.map((name) => name.replace(/^.*-run/, '')).toSorted()).toEqual(['-members.csv', '.json'])
  })

  it('on a full disk are named', { skip: !mayHaveNamespace() }, async () => {
    const under = inMountNamespace('mkdir results && mount -t tmpfs -o size=4k x results')
    const outcome = await runTool(SAVED_RUN, { cwd: directory, under })
    expect(outcome).toMatchObject(saying(1, /-run\.json could not be written: the disk is full/))
    expect(outcome.stdout).toMatch(/^ balance /m)
  })

  it('in a directory that somebody removed are written in a new one', async () => {
    const tool = new Tool([...TO_RESULTS, '-f', '50', '-d', '400ms'], { cwd: directory })
    await tool.untilTaken('measured', 2)
    rmdirSync(results())
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(outcome.stdout).toMatch(/^ saved /m)
    expect(readdirSync(results())).toHaveLength(3)
  })

  it('as links, which not every file system has, get their names without', async () => {
    const outcome = await runTool(SAVED_RUN, { cwd: directory, under: without('link') })
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(directory, 'results')).filter((name) => /\.(json|csv)$/.test(name))).toHaveLength(
      3,
    )
  })
})

const results = (): string => join(directory, 'results')

const sweepFile = (): string | undefined =>
  existsSync(results()) ? readdirSync(results()).find((name) => name.endsWith('-sweep.json')) : undefined

describe('the file of a sweep', () => {
  it('is for one process at a time, and for the next as soon as that is gone, in whatever way', async () => {
    const args = ['sweep', '--flows', '10,20', '-p', '1', '-d', '500ms', '--warmup', '0s', '--repeat', '1']
    const first = new Tool([...args, '-o', results()])
    const name = await until('a run is saved', sweepFile)
    const resume = ['sweep', '--resume', join(results(), name), '--json']
    // It holds the file also while it stands still, and does not come to its end before the others are refused.
    first.signal('SIGSTOP')
    const second = await runTool(resume)
    expect(second).toMatchObject(
      saying(2, /-sweep\.json is being written by another rpbench: wait until it has ended/),
    )
    first.signal('SIGKILL')
    await first.ended
    const third = await runTool(resume)
    expect(third).toMatchObject({ status: 0, stderr: '' })
    expect(sweepResult.parse(JSON.parse(third.stdout)).runs).toHaveLength(2)
  })

  it('is not gone on with for more than an hour without asking', async () => {
    // The order of points is a matter of the seed: with this one the short one comes first.
    const args = ['sweep', '-f', '10', '-p', '1', '-d', '50ms,24h', '--seed', '1', '--warmup', '0s']
    const first = new Tool([...args, '--repeat', '1', '--yes', '-o', results()])
    const name = await until('a run is saved', sweepFile)
    first.signal('SIGKILL')
    await first.ended
    const outcome = await runTool(['sweep', '--resume', join(results(), name)], { guarded: true })
    expect(outcome).toMatchObject(
      saying(2, /This sweep of 1 runs will take about \d+.* h: start it with --yes/),
    )
  })
})
