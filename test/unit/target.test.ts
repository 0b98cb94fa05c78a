import { describe, expect, it } from 'vitest'
import { completePlan, type HostFacts, type RunRequest } from '../../src/plan/run-plan.js'
import { planFlows } from '../../src/plan/flow-plan.js'
import { remoteInWords } from '../../src/plan/remote-words.js'
import { parseEndpoint } from '../../src/units/addresses.js'
import { refusalOf } from './refusal-of.js'

const HOST: HostFacts = {
  cpus: 8,
  ephemeralPorts: [32_768, 60_999],
  openFiles: { limit: 20_000, used: 30 },
}
const target = { address: '127.0.0.1', port: 53 }
const refusal = (request: RunRequest): string => refusalOf(() => completePlan(request, HOST))

describe('an address with a port', () => {
  it.each([
    ['127.0.0.1:53', { address: '127.0.0.1', port: 53 }],
    ['[::1]:65535', { address: '::1', port: 65_535 }],
    [' [FD00:0::1]:1 ', { address: 'fd00::1', port: 1 }],
  ])('%j is read', (text, endpoint) => expect(parseEndpoint(text, '--target')).toEqual(endpoint))

  it.each([
    ['127.0.0.1', 'is not an address with a port: write 127.0.0.1:53 or [::1]:53, a port from 1 to 65535.'],
    ['127.0.0.1:0', 'a port from 1 to 65535.'],
    ['127.0.0.1:65536', 'a port from 1 to 65535.'],
    ['::1:53', 'is not an address with a port'],
    ['localhost:53', "--target 'localhost' is not an IPv4 or IPv6 address"],
    ['[127.0.0.1]:53', 'has brackets where none belong: write 127.0.0.1:53.'],
  ])('%j is refused', (text, why) => expect(refusalOf(() => parseEndpoint(text, '--target'))).toContain(why))
})

describe('a protocol', () => {
  it('is udp for a group of ours', () => expect(completePlan({}, HOST).protocol).toBe('udp'))

  it.each<[RunRequest, string]>([
    [{ protocol: 'dns' }, '--protocol dns needs --target: a group of ours speaks udp or tcp.'],
    [{ protocol: 'http' }, '--protocol http needs --target'],
    [
      { protocol: 'udp', target },
      '--protocol udp is of a group of ours: with --target take tcp, echo, dns, http.',
    ],
  ])('%j is refused', (request, why) => expect(refusal(request)).toContain(why))
})

describe('a target', () => {
  it.each<[RunRequest, string]>([
    [{ procs: 4 }, '--target and --procs exclude each other: that is of a group of ours'],
    [{ steering: 'random' }, '--target and --steering exclude each other'],
    [{ server: 'threads' }, '--target and --server exclude each other'],
    [{ dispatch: 'shared' }, '--target and --dispatch exclude each other'],
    [{ observeHash: true }, '--target and --observe-hash exclude each other'],
    [{ receiveBufferBytes: 4096 }, '--target and --receive-buffer exclude each other'],
    [{ pinMembers: [0] }, '--target and --pin-members exclude each other'],
    [{ serviceTimeNs: 1e6 }, '--target and --service-time exclude each other'],
    [{ slowMember: { index: 0, serviceTimeNs: 1 } }, '--target and --slow-member exclude each other'],
    [{ host: '127.0.0.1' }, '--target and --host exclude each other: --target says where to ask.'],
    [{ port: 53 }, '--target and --port exclude each other: --target says where to ask.'],
  ])('excludes %j', (request, why) => expect(refusal({ target, ...request })).toContain(why))
})

describe('a target on another host', () => {
  const there = { ...HOST, remoteTarget: true }
  const sources = planFlows({
    flows: 100,
    ports: [40_000, 50_000],
    seed: 1,
    firstAddress: '192.0.2.1',
  })
  const elsewhere = { address: '192.0.2.7', port: 53 }

  it('is asked by nobody who was not told to', () =>
    expect(refusalOf(() => completePlan({ target: elsewhere }, there))).toBe(
      '--target 192.0.2.7:53 is no address of this host: with --allow-remote, rpbench run sends there all the same (where nothing else is said, 100 requests a second from 100 source ports). Load only what you may.',
    ))

  it('is asked little where nothing is said', () => {
    const plan = completePlan({ target: elsewhere, allowRemote: true }, there)
    expect(plan).toMatchObject({ remote: true, rateHz: 100, flows: 100, arrivals: 'constant' })
    expect(remoteInWords(plan, sources)).toBe(
      'Sends up to 550 datagrams of 64 bytes, 100 a second, from 100 ports of 192.0.2.1 to 192.0.2.7:53, which is no address of this host.',
    )
  })

  it('is asked as was said', () => {
    const closed = completePlan({ target: elsewhere, allowRemote: true, inFlight: 4, durationNs: 2e9 }, there)
    expect(closed).not.toHaveProperty('rateHz')
    expect(remoteInWords(closed, sources)).toBe(
      'Sends datagrams of 64 bytes as fast as they are answered, 4 at a time, for 2.5 s, from 100 ports of 192.0.2.1 to 192.0.2.7:53, which is no address of this host.',
    )
    expect(completePlan({ target: elsewhere, allowRemote: true, rateHz: 7, flows: 9 }, there)).toMatchObject({
      rateHz: 7,
      flows: 9,
    })
  })

  it('is the only thing that may be sent to so', () =>
    expect(refusal({ allowRemote: true })).toBe('--allow-remote needs --target.'))

  it('is one address', () => {
    for (const address of ['224.0.0.1', '255.255.255.255', 'ff02::1', 'fe80::1', '0.0.0.0'])
      expect(() => completePlan({ target: { address, port: 53 }, allowRemote: true }, there)).toThrow(
        `--target ${address}`,
      )
  })
})
