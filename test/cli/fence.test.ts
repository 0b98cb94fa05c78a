import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { runResult } from '../../src/result/run-result.js'
import { inNamespace, mayHaveNamespace } from './namespace.js'
import { runTool, Tool } from './tool.js'

afterEach(() => Tool.endAll())

/** A second interface, with addresses of this host, and somebody beyond it who would get what leaves. */
const SECOND_INTERFACE = [
  'ip link add out type veth peer name far',
  'sysctl -qw net.ipv6.conf.out.disable_ipv6=1 net.ipv6.conf.far.disable_ipv6=1',
  'ip link set out up && ip link set far up',
  ...['10.9.0.1', '10.9.0.2', '10.9.0.3'].map((address) => `ip addr add ${address}/24 dev out`),
  ...['10.9.0.2', '10.9.0.3'].map((address) => `ip neigh add ${address} lladdr 02:00:00:00:00:99 dev out`),
].join(' && ')

/** Takes an address away once thousands of datagrams went over lo. */
const takeAway = (address: string): string =>
  `{ (until [ $(awk '/lo:/ { print $3 }' /proc/net/dev) -gt 3000 ]; do sleep 0.02; done; ip addr del ${address}/24 dev out) & }`

/** Runs with a group on an address of the second interface. @returns datagrams that left by it, and the result */
async function runBeside(meanwhile = 'true') {
  const under = inNamespace(
    `${SECOND_INTERFACE} && ${meanwhile}`,
    `awk '/out:/ { print "left by it:", $11 }' /proc/net/dev >&2`,
  )
  const to = ['--host', '10.9.0.2', '--source-addresses', '10.9.0.2,10.9.0.3']
  // Where nothing is taken away, everything has an answer, and all the time to have it.
  return runUnder(under, to, meanwhile === 'true' ? '10s' : '100ms')
}

async function runUnder(under: string[], to: readonly string[], timeout = '100ms') {
  // 3000 datagrams went over lo after a third of a second.
  const load = ['-p', '2', '-f', '100', '--rate', '5k', '-d', '1500ms', '--warmup', '0s']
  const flags = [...load, '--timeout', timeout, '--no-save']
  const { stdout, stderr } = await runTool(['run', ...flags, ...to, '--json', '--quiet'], { under })
  const left = Number(/left by it: (\d+)/.exec(stderr)?.[1] ?? Number.NaN)
  return { left, result: runResult.parse(JSON.parse(stdout)) }
}

describe('no datagram leaves by another interface than lo (root)', { skip: !mayHaveNamespace() }, () => {
  it('in a run on an address of that interface', async () => {
    const { left, result } = await runBeside()
    expect(result.books).toMatchObject({ sendErrors: 0, lost: 0, unexplained: 0 })
    expect(result.books.sent).toBeGreaterThan(0)
    expect(left).toBe(0)
  })

  it('when the addresses of lo are taken away from flows that share sockets, and the way out is there', async () => {
    const wayOut = 'ip route add default via 10.9.0.3 dev out'
    const under = inNamespace(
      `${SECOND_INTERFACE} && ${wayOut} && { (until [ $(awk '/lo:/ { print $3 }' /proc/net/dev) -gt 3000 ]; do sleep 0.02; done; ip addr flush dev lo) & }`,
      `awk '/out:/ { print "left by it:", $11 }' /proc/net/dev >&2`,
    )
    const { left, result } = await runUnder(under, ['--engine', 'pktinfo'])
    expect(result.books.sent).toBeGreaterThan(0)
    expect(result.books.sendErrors + result.books.echoErrors!, 'they were taken away').toBeGreaterThan(0)
    expect(left).toBe(0)
  })

  it.each([
    ['the group’s', '10.9.0.2'],
    ['a client’s', '10.9.0.3'],
  ])('when %s address is taken away in the middle', async (_whose, address) => {
    const { left, result } = await runBeside(takeAway(address))
    expect(result.books.sent).toBeGreaterThan(0)
    expect(result.books.sendErrors + result.books.echoErrors!, 'it was taken away').toBeGreaterThan(0)
    expect(left).toBe(0)
  })
})

/** Prefixes that are local by routes of lo, and a way out for what is not local any more. */
const WAY_OUT_OF_IPV6 = [
  'ip link add out type veth peer name far',
  'sysctl -qw net.ipv6.conf.far.disable_ipv6=1',
  'ip link set out up && ip link set far up',
  'ip -6 addr add fd00:1::1/64 dev out nodad',
  'ip -6 neigh add fd00:1::77 lladdr 02:00:00:00:00:99 dev out',
  'ip -6 route add default via fd00:1::77 dev out',
  'ip -6 route add local fd00:9::/64 dev lo && ip -6 route add local fd00:8::/64 dev lo',
].join(' && ')

/** What the kernel itself sends, to find neighbours and routers, is not of the run. */
const COUNT_LEFT =
  'awk \'/Ip6OutRequests/ { n += $2 } /Icmp6OutMsgs/ { n -= $2 } END { print "left by it:", n }\' /proc/net/dev_snmp6/out >&2'

const needsIpv6 = { skip: !mayHaveNamespace() || !existsSync('/proc/net/if_inet6') }

describe('no IPv6 datagram leaves by another interface than lo (root)', needsIpv6, () => {
  it.each([
    ['the group’s', 'fd00:9::/64', 'address'],
    ['the clients’', 'fd00:8::/64', 'address'],
    ['the clients’', 'fd00:8::/64', 'dual-stack'],
  ])(
    'when the route to %s addresses is taken away in the middle (%s, --listen %s)',
    async (_whose, prefix, listen) => {
      const away = `{ (until [ $(awk '/lo:/ { print $3 }' /proc/net/dev) -gt 3000 ]; do sleep 0.02; done; ip -6 route del local ${prefix} dev lo) & }`
      const to = ['--host', 'fd00:9::2', '--source-addresses', 'fd00:8::3,fd00:8::4', '--listen', listen]
      const { left, result } = await runUnder(inNamespace(`${WAY_OUT_OF_IPV6} && ${away}`, COUNT_LEFT), to)
      expect(result.books.sent).toBeGreaterThan(0)
      expect(result.books.sendErrors + result.books.echoErrors!, 'it was taken away').toBeGreaterThan(0)
      expect(left).toBe(0)
      expect(result.books.unexplained).toBe(0)
    },
  )
})
