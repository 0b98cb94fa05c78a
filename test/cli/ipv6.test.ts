import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { runTool, type Outcome } from './tool.js'

const needsIpv6 = { skip: !existsSync('/proc/net/if_inet6') }
/** Routes can be made only by root, and only in a namespace of our own are they nobody else's. */
const needsNamespace = { skip: needsIpv6.skip || !mayHaveNamespace() }
const observe = mayLoadEbpf() ? ['--observe-hash'] : []

const BARE = ['run', '-p', '3', '-d', '300ms', '--no-save']
const SHORT = [...BARE, '-f', '300', '--warmup', '50ms']
const LOCAL_64 = 'ip -6 route add local fd00:9::/64 dev lo'

/** Without a warm-up, which the kernel counts too. */
const COUNTED = ['--warmup', '0ms', '--host', '::1', '--json']
const counted = ({ stderr }: Outcome, name: string): number =>
  Number(new RegExp(`^Udp6${name}\\s+(\\d+)`, 'm').exec(stderr)![1])

function resultOf({ status, stdout, stderr }: Outcome): RunResult {
  expect({ status, stderr }).toMatchObject({ status: 0 })
  return runResult.parse(JSON.parse(stdout))
}

describe('rpbench run --host ::1', needsIpv6, () => {
  it('says where the group is, as URLs have it', async () => {
    const { status, stdout } = await runTool([...SHORT, '--host', '::1'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^rpbench run {3}udp \[::1\]:\d+ · 3 processes · 300 flows/)
  })

  it('has its flows on ::1, told apart by their ports, each where its hash puts it', async () => {
    const { group, hash, books, affinity } = resultOf(
      await runTool([...SHORT, '--host', '::1', '--json', ...observe]),
    )
    expect(group).toMatchObject({ protocol: 'udp', family: 'ipv6', address: '::1' })
    expect(hash).toEqual(observe.length > 0 ? { observed: 300, predicted: 300 } : undefined)
    expect(books).toMatchObject({ unexplained: 0, lost: 0 })
    expect(affinity).toMatchObject({ flows: 300, moved: 0, unanswered: 0, unasked: 0 })
  })
})

describe('rpbench run --listen', needsIpv6, () => {
  it.each([
    ['any', '127.0.0.1', 'ipv4', '0.0.0.0', 'every IPv4 address of this host'],
    // Bound to lo: nobody else reaches it.
    ['any', '::1', 'ipv6', '::', undefined],
    ['dual-stack', '::1', 'ipv6', '::', undefined],
    ['dual-stack', '127.0.0.9', 'ipv6', '::', undefined],
  ])('%s is asked at %s, and says what it binds', async (listen, host, family, address, exposed) => {
    const outcome = await runTool([...SHORT, '--host', host, '--listen', listen, '--json', ...observe])
    const { group, books, validity, plan, hash } = resultOf(outcome)
    expect(group).toMatchObject({ family, address })
    expect(plan.effective).toMatchObject({ host, listen, family })
    expect(books).toMatchObject({ unexplained: 0, lost: 0 })
    expect(hash).toEqual(observe.length > 0 ? { observed: 300, predicted: 300 } : undefined)
    const message = validity.findings.find(({ code }) => code === 'exposed')?.message
    expect(message?.match(/every \w+ address of this host/)?.[0]).toBe(exposed)
  })

  it('any takes one family: the port is free for the other', async () => {
    const socket = createSocket('udp4').bind(0, '0.0.0.0')
    await once(socket, 'listening')
    const at = ['--port', `${socket.address().port}`, '--host', '::1', '--listen']
    const both = await runTool([...SHORT, ...at, 'dual-stack'])
    expect({ status: both.status, stdout: both.stdout }).toEqual({ status: 1, stdout: '' })
    expect(both.stderr).toContain(`Port ${socket.address().port} on :: is in use by `)
    const { status, stdout } = await runTool([...SHORT, ...at, 'any'])
    socket.close()
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(' · listen any · '),
    })
  })
})

describe('a wildcard as --host', () => {
  it.each(['0.0.0.0', '::'])('%s is refused, with what to give instead', async (host) => {
    const outcomes = await Promise.all(['run', 'verify'].map((command) => runTool([command, '--host', host])))
    for (const { status, stdout, stderr } of outcomes) {
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toMatch(/^rpbench: --host \S+ stands for every address, .* give --listen any.*\.\n$/)
    }
  })
})

describe('an IPv6 address that is not local', needsIpv6, () => {
  it.each([
    ['--source-addresses', ['--host', '::1', '--source-addresses', '2001:db8::1-2001:db8::4']],
    ['--host', ['--host', '2001:db8::1']],
  ])('is refused for %s, with what would make it so', async (_, args) => {
    const { status, stdout, stderr } = await runTool([...SHORT, ...args])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(
      'rpbench: 2001:db8::1 is not an address of this host: give one that is, such as ::1, or have root make a whole prefix local (ip -6 route add local 2001:db8::/64 dev lo).\n',
    )
  })
})

/** Addresses of an interface that is not lo. */
const ON_VETH =
  'ip link add out type veth peer name far && ip link set out up && ip -6 addr add fd00:1::2/64 dev out nodad'

describe('an IPv6 address of another interface than lo (root)', needsNamespace, () => {
  it('is refused, with what would keep it on this host, and taken where that was done', async () => {
    const at = [...SHORT, '--host', 'fd00:1::2']
    const { status, stdout, stderr } = await runTool(at, { under: inNamespace(ON_VETH) })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(
      'rpbench: fd00:1::2 is an address of another interface than lo, and over IPv6 what is sent to it would leave this host if it were removed during the run: give ::1, or have root add a route of lo to it (ip -6 route add local fd00:1::2 dev lo).\n',
    )
    const under = inNamespace(`${ON_VETH} && ip -6 route add local fd00:1::2 dev lo`)
    expect(resultOf(await runTool([...at, '--json'], { under })).books).toMatchObject({
      lost: 0,
      unexplained: 0,
    })
  })
})

describe('in a namespace with a /64 that is local (root)', needsNamespace, () => {
  it('flows come from many addresses, and are each where their hash puts them', async () => {
    const sources = ['--source-addresses', 'fd00:9::1-fd00:9::ff', '--source-ports', '40000-40003']
    const outcome = await runTool([...SHORT, '--host', '::1', ...sources, '--json', ...observe], {
      under: inNamespace(LOCAL_64),
    })
    const { hash, books, affinity } = resultOf(outcome)
    expect(hash).toEqual(observe.length > 0 ? { observed: 300, predicted: 300 } : undefined)
    expect(books).toMatchObject({ unexplained: 0, lost: 0 })
    expect(affinity).toMatchObject({ flows: 300, moved: 0 })
  })

  it('a group is on one of its addresses', async () => {
    const outcome = await runTool([...SHORT, '--host', 'fd00:9::5', '--json'], {
      under: inNamespace(LOCAL_64),
    })
    expect(resultOf(outcome)).toMatchObject({ group: { address: 'fd00:9::5' }, books: { unexplained: 0 } })
  })
})

/** What a script of this directory prints in a namespace with these prefixes. */
function printed(script: string, argument: string, prefixes: readonly string[]): string {
  const routes = prefixes.map((prefix) => `ip -6 route add local ${prefix}/64 dev lo`).join(' && ')
  const file = fileURLToPath(new URL(script, import.meta.url))
  const [command, ...args] = [...inNamespace(routes), process.execPath, file, argument]
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout
}

describe('a group on the wildcard of IPv6 (root)', needsNamespace, () => {
  it('answers from the address that was asked, also where another is nearer', () => {
    expect(printed('reply-address.mjs', 'fd00:9::5', ['fd00:9::'])).toBe('fd00:9::5')
  })
})

describe('in a namespace of our own, the kernel counts what rpbench does (root)', needsNamespace, () => {
  const alone = inNamespace('true', 'cat /proc/net/snmp6 >&2')

  it('when all goes well', async () => {
    const outcome = await runTool([...BARE, ...COUNTED, '-f', '300'], { under: alone })
    const { books, crossCheck } = resultOf(outcome)
    expect(counted(outcome, 'InDatagrams')).toBe(books.taken! + books.replied)
    expect(counted(outcome, 'RcvbufErrors')).toBe(0)
    expect(crossCheck!.snmpInDatagrams).toBe(books.taken! + books.replied)
  })

  it('when queues overflow', async () => {
    const small = ['-f', '2000', '--in-flight', '2000', '--receive-buffer', '2K']
    const outcome = await runTool([...BARE, ...COUNTED, ...small], { under: alone })
    const { books, crossCheck } = runResult.parse(JSON.parse(outcome.stdout))
    expect(books.droppedAtMembers).toBeGreaterThan(0)
    expect(books.unexplained).toBe(0)
    expect(counted(outcome, 'RcvbufErrors')).toBe(books.droppedAtMembers)
    expect(counted(outcome, 'InDatagrams')).toBe(books.taken! + books.replied + books.late)
    expect(crossCheck).toMatchObject({
      snmpReceiveBufferErrors: books.droppedAtMembers,
      procNetUdpDrops: books.droppedAtMembers,
    })
  })
})

describe('the hash over IPv6 (root)', { skip: needsNamespace.skip || !mayLoadEbpf() }, () => {
  const [ONE, OTHER] = ['fd00:0:0:1::', 'fd00:1::']

  /** The hashes of flows from some sources to groups on some addresses, a list for each of these. */
  function hashesOf(locals: string[], sources: string[]): number[][] {
    const asked = { locals, sources: sources.map((address) => ({ address, port: 6000 })) }
    return JSON.parse(printed('observed-hashes.mjs', JSON.stringify(asked), [ONE, OTHER])) as number[][]
  }

  it("takes the last 32 bits of the group's address, and none where that is the wildcard", () => {
    const [first, same, alsoSame, other, wildcard] = hashesOf(
      [`${ONE}99`, `${OTHER}99`, `${OTHER}77:0:99`, `${ONE}98`, '::'],
      [`${ONE}5`],
    )
    expect(same).toEqual(first)
    expect(alsoSame).toEqual(first)
    expect(new Set([first, other, wildcard].map(String)).size).toBe(3)
  })

  it('takes every word of the source address', () => {
    // The first two differ in both upper words, whose exclusive or is the same: earlier kernels took only that.
    const sources = [`${ONE}5`, `${OTHER}5`, `${ONE}1:0:5`, `${ONE}6`]
    const [hashes] = hashesOf([`${ONE}99`], sources)
    expect(hashes!.every((hash) => typeof hash === 'number')).toBe(true)
    const upperWordsMatter = hashes![0] !== hashes![1]
    expect(new Set(hashes).size).toBe(upperWordsMatter ? 4 : 3)
  })
})
