import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BpfScope, PROGRAM_SOCKET_FILTER } from '../../src/steering/bpf.js'
import { exit, moveConstant } from '../../src/steering/ebpf.js'
import { CaseRun, type CaseOptions } from '../soak/case-run.js'
import { Enclosure } from '../soak/enclosure.js'
import { Belongings, compileBpfList } from '../soak/leftovers.js'
import type { SoakCase } from '../soak/soak-case.js'
import { mayHaveNamespace } from '../cli/namespace.js'

/** A directory of what the stand-ins leave outside of their own. */
let outside: string
let number = 0
beforeAll(() => (outside = mkdtempSync(join(tmpdir(), 'rpbench-test-'))))
afterAll(() => rmSync(outside, { recursive: true, force: true }))

const soakCase = (changes: Partial<SoakCase> = {}): SoakCase => ({
  seed: 0,
  number: number++,
  class: 'undisturbed',
  words: ['predict'],
  json: false,
  disturbances: [],
  saves: true,
  ...changes,
})

/** What is said of a shell script in the tool's place, which prints what a user may see. */
async function saidOf(
  script: string,
  options: Partial<CaseOptions> = {},
  what = soakCase(),
): Promise<string> {
  const run = new CaseRun(what, {
    tool: ['sh', '-c', script, 'sh'],
    bpfList: undefined,
    outliveMs: 100,
    ...options,
  })
  return (await run.complaints()).complaints.join('\n')
}

/** Whether a control group can be made, in which processes are found whatever they do. */
function mayHaveGroups(): boolean {
  const enclosure = Enclosure.open(`rpbench-test-${process.pid}`)
  void enclosure.close()
  return enclosure.group !== undefined
}

describe('a soak', () => {
  it('has nothing to say of a tool that leaves nothing', async () => {
    expect(await saidOf('echo fine')).toBe('')
  })

  it('finds a process that has a session of its own and whose parent is gone', async ({ skip }) => {
    skip(!mayHaveGroups(), 'control groups may not be made here')
    expect(await saidOf('echo fine; (setsid sleep 61 >/dev/null 2>&1 &)')).toMatch(
      /^left: process \d+ \(sleep 61\)$/,
    )
  })

  it.each([
    ['a child', 'echo fine; sleep 60 >/dev/null 2>&1 &', /^left: process \d+ \(sleep 60\)$/],
    ['a temporary file', 'echo fine; touch "$TMPDIR/x"', /^left: temporary file x$/],
    ['an empty result', 'echo fine; touch results/a-predict.json', /^a-predict\.json is empty$/],
    ['half a result', `echo fine; echo '{' > results/a-predict.json`, /^a-predict\.json is no JSON$/],
    ['a file that it was at', 'echo fine; touch results/a.json.1.part', /^a\.json\.1\.part is left$/],
    ['another exit status', 'echo fine; exit 7', /^ended with 7, where 0, 2 were meant$/],
    ['no word', 'true', /^status 0 and nothing on standard output$/],
    ['its stack', `echo '    at run (file:///a.js:1:2)' >&2; exit 2`, /^a stack trace on standard error$/],
  ])('names what is wrong: %s', async (_what, script, complaint) => {
    expect(await saidOf(script)).toMatch(complaint)
  })

  it('names shared memory that is left', async () => {
    const name = `rpbench-test-${process.pid}`
    try {
      expect(await saidOf(`echo fine; touch /dev/shm/${name}`)).toBe(`left: shared memory ${name}`)
    } finally {
      rmSync(`/dev/shm/${name}`, { force: true })
    }
  })

  it('names one that does not end, and ends it', async () => {
    const said = await saidOf(`echo $$ > ${outside}/pid; exec sleep 62`, { boundMs: 300 })
    expect(said).toBe('did not end')
  })

  it('names a result whose books do not balance', async () => {
    const script = `sed 's/"unexplained": *0/"unexplained": 3/' ${join(process.cwd(), 'results/reference/run.json')}`
    const said = await saidOf(script, {}, soakCase({ words: ['run'], json: true }))
    expect(said).toMatch(/^the result: 3 datagrams unexplained$/m)
  })

  it('names a socket that nobody holds any more', async () => {
    // It is on its way to somebody, who does not take it.
    const path = join(outside, 'never-read')
    const holder = spawn('python3', ['-c', HOLDER, path], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      await once(holder.stdout, 'data')
      expect(await saidOf(`python3 -c '${SENDER}' ${path}`)).toMatch(
        /^left: socket \d+ on 127\.0\.0\.1, port \d+$/,
      )
    } finally {
      holder.kill('SIGKILL')
    }
  })

  it('names a network namespace that is left', { skip: !mayHaveNamespace() }, async () => {
    const file = join(outside, 'namespace')
    const inside = `touch ${file}; mount --bind /proc/self/ns/net ${file}; sleep 0.3`
    try {
      expect(await saidOf(`echo fine; unshare --net sh -c '${inside}'`)).toMatch(
        /^left: network namespace net:\[\d+\]$/,
      )
    } finally {
      const unmounted = spawn('umount', [file])
      await once(unmounted, 'exit')
    }
    expect(existsSync(file)).toBe(true)
  })

  it('names a BPF program that is left', async ({ skip }) => {
    const bpfList = compileBpfList()
    skip(bpfList === undefined, 'BPF programs may not be listed here')
    const scope = new BpfScope('a test')
    scope.load(PROGRAM_SOCKET_FILTER, [moveConstant(0, 0), exit()])
    const belongings = new Belongings(readlinkSync('/proc/self/ns/net'), bpfList)
    belongings.look(process.pid)
    expect(await belongings.left(undefined, 0)).toEqual([expect.stringMatching(/^BPF program \d+$/)])
    scope.close()
    expect(await belongings.left(undefined, 5000)).toEqual([])
  })
})

/** Has a place for what is sent to it, and reads nothing. */
const HOLDER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
sys.stdin.read()
`

/** Sends a UDP socket there, and prints its port as a result does. */
const SENDER = `
import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
unix.connect(sys.argv[1])
socket.send_fds(unix, [b"x"], [udp.fileno()])
print("\\"port\\":", udp.getsockname()[1])
`
