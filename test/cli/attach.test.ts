import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { attachIntervalLine, attachResult, type AttachResult } from '../../src/result/attach-result.js'
import { hasPython } from '../system/foreign-group.js'
import { until } from '../system/process-table.js'
import { WatchedServer } from '../system/watched-server.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { CLI, runTool, Tool } from './tool.js'

/** Another user than who runs the tests. */
const SOMEBODY_ELSE = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
const mayBeSomebody =
  process.getuid?.() === 0 &&
  spawnSync('setpriv', [...SOMEBODY_ELSE.slice(1), process.execPath, CLI, '--version']).status === 0
const hasIpv6 = existsSync('/proc/net/if_inet6')

let directory: string
useTemporaryDirectory((path) => (directory = path))
afterEach(async () => {
  await Tool.endAll()
  await WatchedServer.endAll()
})

const attach = (group: { port: number }, ...flags: string[]): string[] => [
  'attach',
  '--port',
  String(group.port),
  '--level',
  'look',
  ...flags,
]

async function seenBy(group: { port: number }, ...flags: string[]): Promise<AttachResult> {
  const { status, stdout, stderr } = await runTool(attach(group, '--no-save', '--json', '-q', ...flags))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return attachResult.parse(JSON.parse(stdout))
}

/** Sends a datagram from each of so many ports. */
async function sendFrom(ports: number, port: number): Promise<void> {
  for (let i = 0; i < ports; i++) {
    const client = createSocket('udp4')
    await new Promise((resolve) => client.send('question', port, '127.0.0.1', resolve))
    client.close()
  }
}

/** Sends from ever new ports. @returns what ends it */
function keepSending(port: number): () => Promise<void> {
  const end = new AbortController()
  const sending = (async () => {
    while (!end.signal.aborted) {
      await sendFrom(4, port)
      await delay(10)
    }
  })()
  return async () => {
    end.abort()
    await sending
  }
}

const ascending = (a: number, b: number): number => a - b

const codes = ({ findings }: AttachResult): string[] => findings.map(({ code }) => code)

describe.runIf(hasPython)('attach', () => {
  it('tells each socket, who holds it and which thread reads it, and keeps it for list and report', async () => {
    const group = await WatchedServer.start('udp', 3, 3)
    const { status, stdout } = await runTool(attach(group, '-d', '500ms', '-o', directory))
    expect(status).toBe(0)
    expect(stdout).toMatch(/^rpbench attach {3}udp port \d+ · 3 sockets/)
    const [file] = await readdir(directory)
    const result = attachResult.parse(JSON.parse(await readFile(join(directory, file!), 'utf8')))
    expect(result.members).toHaveLength(3)
    for (const member of result.members) {
      expect(member.holders).toMatchObject([{ pid: group.pid }])
      expect(member.readers!.threads).toMatchObject([{ pid: group.pid, by: 'receive' }])
      expect(member).not.toHaveProperty('reuseport')
      expect(member).not.toHaveProperty('packets')
    }
    const threads = result.members.map(({ readers }) => readers!.threads[0]!.threadId)
    expect(new Set(threads).size).toBe(3)
    expect(result.groups).toMatchObject([{ address: '127.0.0.1', members: [0, 1, 2] }])
    expect(codes(result)).toEqual([])
    const report = await runTool(['report', join(directory, file!)])
    expect(stdout.startsWith(report.stdout.trimEnd())).toBe(true)
    expect((await runTool(['list', directory])).stdout).toMatch(/attach +no findings/)
  })

  it('finds the socket that nobody reads, whose queue only grows', async () => {
    const group = await WatchedServer.start('udp', 2, 1)
    const stop = keepSending(group.port)
    const result = await seenBy(group, '-d', '1500ms').finally(stop)
    expect(result.findings[0]).toMatchObject({ code: 'unread', severity: 'warn', members: [1] })
    expect(result.members[1]!.readers).toEqual({ threads: [], registeredBy: [], othersUnseen: false })
    expect(result.members[1]!.queue.last).toBeGreaterThan(0)
  })

  it('finds a listener that several processes read, each of which it names', async () => {
    const group = await WatchedServer.start('shared', 1, 3)
    const result = await seenBy(group, '-d', '300ms')
    expect(result.plan.effective.protocol).toBe('tcp')
    expect(codes(result)).toEqual(['shared'])
    const [member] = result.members
    expect(member!.holders!.map(({ pid }) => pid).toSorted(ascending)).toEqual(
      [group.pid, ...group.workers].toSorted(ascending),
    )
    expect(member!.readers!.registeredBy).toEqual(group.workers.toSorted(ascending))
  })

  it('tells how many connections wait to be accepted, of how many', async () => {
    const group = await WatchedServer.start('tcp', 2, 0)
    const clients: Socket[] = []
    for (let i = 0; i < 6; i++) {
      const client = connect(group.port, '127.0.0.1')
      clients.push(client)
      await once(client, 'connect')
    }
    const result = await seenBy(group, '-d', '300ms')
    for (const client of clients) client.destroy()
    const queues = result.members.map(({ queue }) => queue)
    expect(queues.map(({ limit }) => limit)).toEqual([8, 8])
    expect(queues.reduce((sum, { last }) => sum + last, 0)).toBe(6)
    const risk = result.findings.find(({ code }) => code === 'queue-at-risk')
    const migrates = await readFile('/proc/sys/net/ipv4/tcp_migrate_req', 'utf8').catch(() => undefined)
    expect(risk === undefined).toBe(migrates?.trim() !== '0')
  })

  it('tells who came and went meanwhile', async () => {
    const group = await WatchedServer.start('udp', 3, 3)
    const tool = new Tool(attach(group, '-d', '5m', '--interval', '100ms', '--json-lines', '--no-save', '-q'))
    await until('it watches', () => tool.written.stdout.includes('\n'))
    await group.change('open')
    await group.change('close 0')
    const before = tool.written.stdout.split('\n').length
    await until('it has seen them', () => tool.written.stdout.split('\n').length >= before + 3)
    tool.ctrlC()
    const { status, stdout } = await tool.ended
    expect(status).toBe(130)
    const lines = stdout.trim().split('\n')
    const last = attachResult.parse(JSON.parse(lines.pop()!))
    expect(last.stopped).toBe('interrupted')
    expect(codes(last)).toEqual(['members-changed'])
    expect(
      last.members.map(({ joinedNs, leftNs }) => [joinedNs !== undefined, leftNs !== undefined]),
    ).toEqual([
      [false, true],
      [false, false],
      [false, false],
      [true, false],
    ])
    const intervals = lines.map((line) => attachIntervalLine.parse(JSON.parse(line)))
    expect(intervals.length).toBeGreaterThanOrEqual(4)
    expect(intervals[0]!.members).toHaveLength(3)
    expect(intervals.slice(1).map(({ fromNs }) => fromNs)).toEqual(
      intervals.slice(0, -1).map(({ toNs }) => toNs),
    )
    expect(last.intervals).toHaveLength(intervals.length)
  })

  it.runIf(hasIpv6)('finds that 0.0.0.0 takes IPv4 from [::]', async () => {
    const group = await WatchedServer.start('dual', 1, 1)
    const result = await seenBy(group, '-d', '300ms')
    expect(result.groups.map(({ address, ipv6Only }) => [address, ipv6Only])).toEqual([
      ['0.0.0.0', undefined],
      ['::', false],
    ])
    const [finding] = result.findings
    expect(finding).toMatchObject({ code: 'two-groups', members: [0, 1] })
    expect(finding!.message).toContain('All IPv4 goes to the 1 socket on 0.0.0.0:')
  })

  it('interrupted keeps and prints what was seen', async () => {
    const group = await WatchedServer.start('udp', 2, 2)
    const tool = new Tool(attach(group, '-d', '5m', '--interval', '100ms', '--json-lines', '-o', directory))
    await until('it watches', () => tool.written.stdout.includes('\n'))
    tool.ctrlC()
    const { status, stdout } = await tool.ended
    expect(status).toBe(130)
    const result = attachResult.parse(JSON.parse(stdout.trim().split('\n').at(-1)!))
    expect(result.stopped).toBe('interrupted')
    expect(await readdir(directory)).toHaveLength(1)
  })
})

describe.runIf(hasPython && mayBeSomebody)('a user who may look into no process of the group', () => {
  it('sees sockets, queues and drops, is told that the rest is not known, and what shows it', async () => {
    const group = await WatchedServer.start('udp', 2, 1)
    const args = ['attach', '--port', String(group.port), '-d', '1500ms', '--no-save', '-q']
    const stop = keepSending(group.port)
    const [text, json] = await Promise.all([
      runTool(args, { under: SOMEBODY_ELSE }),
      runTool([...args, '--json'], { under: SOMEBODY_ELSE }),
    ]).finally(stop)
    const result = attachResult.parse(JSON.parse(json.stdout))
    expect(result.levels.inForce).toBe('look')
    expect(result.levels.refusals[0]).toMatchObject({
      level: 'count',
      needs: expect.stringContaining('CAP_BPF'),
    })
    expect(result.hiddenProcesses).toBe(true)
    for (const member of result.members)
      for (const field of ['holders', 'readers', 'reuseport', 'packets', 'flows'])
        expect(member).not.toHaveProperty(field)
    const [finding] = result.findings
    expect(finding).toMatchObject({ code: 'unread', members: [1] })
    expect(finding!.message).toContain('who holds it may not be known to this user')
    expect(text.stdout).toMatch(/held by +read by/)
    expect(text.stdout).toMatch(/level +look .*count is not in force/s)
    expect(text.stdout).toMatch(/reuseport +not known/)
  })
})

it.runIf(hasPython && mayHaveNamespace())(
  'watches a group in another network namespace by a process in it',
  async () => {
    const group = await WatchedServer.start('udp', 3, 3, inNamespace())
    const { status, stderr } = await runTool(attach(group, '-d', '200ms', '--no-save'))
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--pid') as string,
    })
    // What runs in the namespace is the child of what made it.
    const { stdout } = spawnSync('pgrep', ['-P', String(group.pid)], { encoding: 'utf8' })
    const result = await seenBy(group, '-d', '300ms', '--pid', stdout.trim())
    expect(result.members).toHaveLength(3)
    for (const member of result.members) {
      expect(member).not.toHaveProperty('cookie')
      expect(member.readers!.threads).toHaveLength(1)
    }
  },
)

describe('attach refuses in one sentence', () => {
  it.each([
    ['no port', ['attach'], /--port is missing/],
    ['two protocols', ['attach', '--port', '53', '--udp', '--tcp'], /--udp and --tcp are two groups/],
    ['port 0', ['attach', '--port', '0'], /--port '0' is too small/],
    [
      'a level that there is none of',
      ['attach', '--port', '53', '--level', 'deep'],
      /--level is look or count or explain/,
    ],
    ['a port that nobody is bound to', ['attach', '--port', '1', '--tcp'], /no socket of TCP on port 1 here/],
    [
      'a process that there is none of',
      ['attach', '--port', '53', '--pid', '4194304'],
      /There is no process 4194304/,
    ],
    ['both kinds of JSON', ['attach', '--port', '53', '--json', '--json-lines'], /exclude each other/],
  ])('%s', async (_, args, sentence) => {
    const { status, stdout, stderr } = await runTool(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})
