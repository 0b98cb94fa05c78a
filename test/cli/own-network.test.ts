import { spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { mayHaveNetwork } from '../system/own-network.js'
import { isRunning, untilGone } from '../system/process-table.js'
import { CLI, runTool, Tool } from './tool.js'

afterEach(() => Tool.endAll())

const LONG = ['run', '-p', '2', '-f', '200', '-d', '10m', '--warmup', '0s', '--no-save', '--engine', 'tun']
const networkOf = (pid: number): string => readlinkSync(`/proc/${pid}/ns/net`)

/** Runs a command where there is no /dev/net/tun. */
const WITHOUT_DEVICE = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /dev/net && exec "$@"', 'sh']
/** Runs a command where there can be no more user namespaces. */
const WITHOUT_NAMESPACES = [
  'unshare',
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
  'sh',
]
/** A user that nobody is. */
const AS_SOMEBODY = ['setpriv', '--reuid=299998', '--regid=299998', '--clear-groups']
const works = ([file, ...words]: string[], test = ['true']): boolean =>
  spawnSync(file!, [...words, ...test]).status === 0

// Who cannot be another, or could not read the tool as one, is one user alone.
const users = works(AS_SOMEBODY, ['test', '-r', CLI, '-a', '-x', process.execPath]) ? [[], AS_SOMEBODY] : [[]]
const FLAGS = [
  '-p',
  '3',
  '-f',
  '5000',
  '--requests',
  '2',
  '-w',
  '2',
  '--warmup',
  '50ms',
  '--json',
  '--no-save',
]

describe.runIf(mayHaveNetwork('tun'))('--engine tun', () => {
  it.each(users.map((under) => [under]))(
    'answers every request of every flow, and says what it is, as this user or under %j',
    async (under) => {
      const { status, stderr, stdout } = await runTool(['run', ...FLAGS, '--engine', 'tun'], { under })
      expect({ status, stderr }).toEqual({ status: expect.toBeOneOf([0, 3]) as number, stderr: '' })
      const result = runResult.parse(JSON.parse(stdout))
      expect(result.client).toMatchObject({ engine: expect.stringMatching(/^tun/) as string, devices: 2 })
      expect(result.books).toMatchObject({
        sent: 10_000,
        replied: 10_000,
        droppedAtDevices: 0,
        unexplained: 0,
      })
      expect(result.members.reduce((sum, { flows }) => sum + flows, 0)).toBe(5000)
      expect(result.affinity).toMatchObject({ violations: [] })
      expect(result.validity.findings.map(({ code }) => code)).toContain('shared-device')
      expect(result.validity.findings.map(({ code }) => code)).not.toContain('snmp')
    },
  )

  it('runs in this very process and in another network, which Ctrl-C ends with what was measured', async () => {
    const tool = new Tool([...LONG, '--json'])
    const members = await tool.untilTaken('measured', 2)
    const [network] = new Set([tool.pid, ...members].map((pid) => networkOf(pid)))
    expect(members.map((pid) => networkOf(pid))).toEqual([network, network])
    expect(network).not.toBe(readlinkSync('/proc/self/ns/net'))
    tool.ctrlC()
    const { status, stderr, stdout } = await tool.ended
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' })
    expect(runResult.parse(JSON.parse(stdout)).books.taken).toBeGreaterThan(0)
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
  })

  it('leaves nobody in its network when it is killed', async () => {
    const tool = new Tool(LONG)
    const members = await tool.untilTaken('measured', 2)
    tool.signal('SIGKILL')
    await tool.ended
    await untilGone(members)
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
  })

  it('is refused in one sentence beside what it cannot be had with', async () => {
    const refused = await runTool(['run', '--engine', 'tun', '--host', '::1', '--no-save'])
    expect(refused).toMatchObject({
      status: 2,
      stdout: '',
      stderr:
        "rpbench: --engine tun has flows share a TUN device: the addresses of 127.0.0.0/8 but those of 127.0.0.0/16 are its flows': leave --host out.\n",
    })
  })

  it.runIf(works(WITHOUT_DEVICE))('is refused in one sentence where there is no device', async () => {
    const refused = await runTool([...LONG, '--json'], { under: WITHOUT_DEVICE })
    expect(refused).toMatchObject({
      status: 2,
      stdout: '',
      stderr:
        'rpbench: --engine tun cannot be had: opening /dev/net/tun failed (No such file or directory): it takes the module tun, and a device that this user may open; --engine pktinfo needs no such thing.\n',
    })
  })

  it.runIf(works(WITHOUT_NAMESPACES))('is refused in one sentence where there is no namespace', async () => {
    const refused = await runTool([...LONG, '--json'], { under: WITHOUT_NAMESPACES, unprivileged: true })
    expect(refused).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^rpbench: --engine tun cannot be had: making a user namespace failed \(.*\): user namespaces are switched off here.*; --engine pktinfo needs no such thing\.\n$/,
      ) as string,
    })
  })
})

const OVER_IPV6 = ['--engine', 'pktinfo', '--host', '::1']

describe.runIf(mayHaveNetwork('ipv6'))('--engine pktinfo over IPv6', () => {
  it.each([...users.map((under) => [[], under] as const), [['--listen', 'dual-stack'], []] as const])(
    'answers every request of every flow, and says where, with %j, as this user or under %j',
    async (listen, under) => {
      const { status, stderr, stdout } = await runTool(['run', ...FLAGS, ...OVER_IPV6, ...listen], { under })
      expect({ status, stderr }).toEqual({ status: expect.toBeOneOf([0, 3]) as number, stderr: '' })
      const result = runResult.parse(JSON.parse(stdout))
      expect(result.client).toMatchObject({
        engine: expect.stringMatching(/^pktinfo/) as string,
        sockets: 16,
      })
      expect(result.books).toMatchObject({ sent: 10_000, droppedAtClient: 0, unexplained: 0 })
      expect(result.books.replied + result.books.late).toBe(10_000)
      expect(result.affinity).toMatchObject({ flows: 5000, moved: 0, violations: [] })
      const { findings } = result.validity
      expect(findings.find(({ code }) => code === 'shared-sockets')?.message).toContain(
        'in a network namespace made for the run',
      )
    },
  )

  it.runIf(works(WITHOUT_NAMESPACES))('is refused in one sentence where there is no namespace', async () => {
    const refused = await runTool(['run', '--no-save', ...OVER_IPV6], {
      under: WITHOUT_NAMESPACES,
      unprivileged: true,
    })
    expect(refused).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^rpbench: --engine pktinfo over IPv6 cannot be had: making a user namespace failed \(.*\): user namespaces are switched off here.*; leave --engine out: those that cannot be open at a time go in waves\.\n$/,
      ) as string,
    })
  })
})
