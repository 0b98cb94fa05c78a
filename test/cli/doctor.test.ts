import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { TRAIT_IDS } from '../../src/advice/traits/table.js'
import { readControlGroups } from '../../src/host/cgroup.js'
import { doctorResult, type DoctorCheck, type DoctorResult } from '../../src/result/doctor-result.js'
import { without } from '../refused-calls.js'
import { isRunning } from '../system/process-table.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { runTool, Tool, type Outcome, type ToolOptions } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(() => Tool.endAll())

const root = process.getuid?.() === 0
const resultOf = ({ stdout }: Outcome): DoctorResult => doctorResult.parse(JSON.parse(stdout))

async function diagnose(
  options: ToolOptions,
  ...args: string[]
): Promise<[Outcome, (id: string) => DoctorCheck]> {
  const outcome = await runTool(['doctor', '--json', ...args], options)
  expect(outcome.stderr).toBe('')
  const { checks } = resultOf(outcome)
  return [outcome, (id) => checks.find((check) => check.id === id)!]
}

/** What was found of some checks: `status: what was observed`. */
const said = (check: (id: string) => DoctorCheck, ...ids: string[]): string =>
  ids.map((id) => `${check(id).status}: ${check(id).observed}`).join('\n')

const commandsOf = ({ cures }: DoctorCheck): string[] => cures.flatMap(({ command }) => command ?? [])

describe('rpbench doctor', () => {
  it('tries all that a run needs, in a fixed order, and leaves nothing behind', async () => {
    const [outcome, check] = await diagnose({})
    expect(outcome.status).toBe(0)
    expect(resultOf(outcome)).toMatchObject({ works: true })
    expect(resultOf(outcome).checks.map(({ id }) => id)).toEqual(TRAIT_IDS)
    const [, first = '', ...others] = /^200 flows over 4 sockets: (\d+), (\d+), (\d+), (\d+)$/.exec(
      check('reuseport').observed,
    )!
    expect([first, ...others].reduce((sum, n) => sum + Number(n), 0)).toBe(200)
    expect(said(check, 'affinity', 'members', 'classic-bpf')).toBe(
      `ok: each of 200 flows stayed at one socket
ok: 2 processes answered 400 of 400 requests
ok: 20 of 20 datagrams came to the socket that the program named`,
    )
    const [, limit = ''] =
      /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    expect(check('open-files').observed.replaceAll(',', '')).toContain(limit)
  })

  it('tells a user without rights, on one CPU and with few files, what each of them costs', async () => {
    const [outcome, check] = await diagnose(
      { unprivileged: root, openFiles: 200, under: ['taskset', '-c', '0'] },
      '--strict',
    )
    expect(outcome.status).toBe(3)
    expect(resultOf(outcome).works).toBe(true)
    expect(said(check, 'open-files')).toMatch(/^warn: 200 at most: room for some 1\d\d flows at a time$/)
    expect(said(check, 'cpus')).toMatch(/^warn: 1 of /)
    expect(said(check, 'extended-bpf')).toMatch(
      /^warn: bpf: .*EPERM.*: this user lacks CAP_BPF and CAP_NET_ADMIN$/,
    )
    expect(commandsOf(check('extended-bpf'))[0]).toContain('--ambient-caps=+bpf,+net_admin rpbench doctor')
    // None of them takes reuseport away.
    expect((await runTool(['doctor'], { openFiles: 100 })).stderr).toMatch(
      /^rpbench: The limit of 100 open files/,
    )
  })

  it('names what a seccomp filter forbids', async () => {
    const [{ status }, check] = await diagnose({ under: without('io_uring_setup,bpf') })
    expect(status).toBe(0)
    expect(said(check, 'io-uring')).toBe(
      'warn: it is forbidden here, as the seccomp profiles of many containers do',
    )
    expect(check('io-uring').cures[0]!.does).toContain('io_uring_setup, io_uring_enter')
    expect(said(check, 'extended-bpf')).toMatch(root ? /^warn: .*: a seccomp filter forbids it$/ : /^warn: /)
  })

  it('fails where the kernel takes SO_REUSEPORT and gives all to one socket, as sandboxes do', async ({
    skip,
  }) => {
    // SO_REUSEADDR lets UDP sockets share a port as well, and the kernel gives all datagrams to one of them.
    const source = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>
int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");
  return real(fd, level, level == SOL_SOCKET && name == SO_REUSEPORT ? SO_REUSEADDR : name, value, length);
}
`
    const library = join(directory, 'fake.so')
    const { status } = spawnSync('cc', ['-shared', '-fPIC', '-x', 'c', '-o', library, '-', '-ldl'], {
      input: source,
    })
    skip(status !== 0, 'needs a C compiler')
    const [outcome, check] = await diagnose({ env: { LD_PRELOAD: library } })
    expect(outcome.status).toBe(1)
    expect(resultOf(outcome).works).toBe(false)
    expect(said(check, 'reuseport')).toMatch(
      /^fail: all 200 flows came to one of 4 sockets: SO_REUSEPORT is taken/,
    )
  })

  it('that is interrupted prints what was probed, and leaves no member', async () => {
    const tool = new Tool(['doctor', '--json'])
    const members = await tool.untilMembers(1)
    tool.ctrlC()
    const outcome = await tool.ended
    expect(outcome).toMatchObject({ status: 130, stderr: '' })
    const result = resultOf(outcome)
    expect(result).toMatchObject({ stopped: 'interrupted' })
    expect(result.checks.map(({ id }) => id)).toContain('reuseport')
    expect(result.checks.map(({ id }) => id)).not.toContain('pauses')
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
  })

  it('refuses what it does not know', async () => {
    const { status, stdout, stderr } = await runTool(['doctor', '--fast'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^rpbench: There is no flag --fast; did you mean --\w+\?.*\n$/)
  })
})

describe.skipIf(!mayHaveNamespace())('in a network namespace, where doctor names commands that work', () => {
  it('nothing can be measured while the loopback interface is down, and it says how to bring it up', async () => {
    const under = ['unshare', '--net']
    const outcome = await runTool(['doctor'], { under, env: { NO_COLOR: '1', COLUMNS: '40' } })
    expect(outcome.status).toBe(1)
    expect(outcome.stdout).toMatch(/^ fail reuseport {2}/m)
    // As `inNamespace` does before what works below.
    expect(outcome.stdout).toMatch(/^ {3}→ ip link set lo up$/m)
    for (const id of ['affinity', 'classic-bpf', 'conntrack', 'io-uring'])
      expect(outcome.stdout).toMatch(new RegExp(`^ unknown ${id} {2}`, 'm'))
    expect(outcome.stdout).toMatch(/^ reuseport does not work/m)
    expect(outcome.stdout.split('\n').filter((line) => line.length > 40)).toEqual([])
  })

  it('few ports, no IPv6 and tracked connections are found, and mended', async () => {
    const track = `nft 'add table inet t; add chain inet t i { type filter hook input priority 0; }; add rule inet t i ct state established accept'`
    const tracks = spawnSync('unshare', ['--net', 'sh', '-c', track]).status === 0
    const ids = ['ephemeral-ports', 'ipv6', ...(tracks ? ['conntrack'] : [])]
    const spoil = [
      `sysctl -qw net.ipv4.ip_local_port_range='40000 41000'`,
      'sysctl -qw net.ipv6.conf.lo.disable_ipv6=1',
      ...(tracks ? [track] : []),
    ].join(' && ')
    const [, check] = await diagnose({ under: inNamespace(spoil) })
    expect(ids.map((id) => check(id).status)).toEqual(ids.map(() => 'warn'))
    expect(check('ephemeral-ports').observed).toBe('40000-41000: 1,001 flows from one address')
    const commands = ids.flatMap((id) => commandsOf(check(id)))
    expect(commands).toHaveLength(ids.length)
    const [, again] = await diagnose({
      under: inNamespace([spoil, ...commands.map((command) => `${command} > /dev/null`)].join(' && ')),
    })
    expect(ids.map((id) => again(id).status)).toEqual(ids.map(() => 'ok'))
  })
})

it('doctor sees a quota, how often it throttles, and how it is lifted', async ({ skip }) => {
  const [top] = readControlGroups('cpu')
  const group = join(top?.directory ?? '/nonexistent', `rpbench-doctor-${process.pid}`)
  const [quotaFile, quota] = top?.version === 2 ? ['cpu.max', '20000 100000'] : ['cpu.cfs_quota_us', '20000']
  try {
    mkdirSync(group)
    writeFileSync(join(group, quotaFile), quota)
  } catch {
    skip('needs a control group of its own')
  }
  try {
    const under = ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh']
    const [, check] = await diagnose({ under })
    expect(said(check, 'cgroup-cpu')).toMatch(
      /^warn: 0\.2 of \d+ CPUs?, in the control group \/rpbench-doctor-\d+$/,
    )
    expect(said(check, 'throttled')).toMatch(/^warn: \d+ times?, for .* in all$/)
    const [command = 'false'] = commandsOf(check('cgroup-cpu'))
    expect(spawnSync('sh', ['-c', command]).status).toBe(0)
    expect(readFileSync(join(group, quotaFile), 'latin1')).toMatch(/^(max|-1)/)
  } finally {
    rmdirSync(group)
  }
})
