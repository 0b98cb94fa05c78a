import { describe, expect, it } from 'vitest'
import { RpbenchError } from '../../src/errors.js'
import { completePlan, type HostFacts, type RunPlan, type RunRequest } from '../../src/plan/run-plan.js'

const HOST: HostFacts = {
  cpus: 8,
  ephemeralPorts: [32_768, 60_999],
  openFiles: { limit: 20_000, used: 30 },
}

const plan = (request: RunRequest = {}, host: Partial<HostFacts> = {}): RunPlan =>
  completePlan(request, { ...HOST, ...host })

function errorOf(request: RunRequest, host: Partial<HostFacts> = {}): RpbenchError {
  try {
    plan(request, host)
  } catch (error) {
    if (error instanceof RpbenchError) return error
  }
  throw new Error('no RpbenchError was thrown')
}

describe('the engine of a plan', () => {
  const ioUringRefusal = 'it is forbidden here'
  it('is io_uring where it is allowed, and nothing was asked', () =>
    expect(plan()).toMatchObject({ engine: 'io_uring' }))
  it('is the one that was asked for', () => {
    expect(plan({ engine: 'epoll' })).toMatchObject({ engine: 'epoll' })
    expect(plan({ engine: 'io_uring' })).toMatchObject({ engine: 'io_uring' })
  })
  it('is epoll where io_uring is refused, with the reason', () =>
    expect(plan({}, { ioUringRefusal })).toMatchObject({ engine: 'epoll', engineFallback: ioUringRefusal }))
  it('has no reason to tell where epoll was asked for', () =>
    expect(plan({ engine: 'epoll' }, { ioUringRefusal })).not.toHaveProperty('engineFallback'))
  it('cannot be io_uring where that is refused', () =>
    expect(errorOf({ engine: 'io_uring' }, { ioUringRefusal })).toMatchObject({
      code: 'RPB_ENGINE',
      message: '--engine io_uring cannot be had: it is forbidden here; leave --engine out for epoll.',
    }))
})

describe('the engine of more flows than files may be open', () => {
  const FLOWS = { flows: 1_000_000 }
  it('has them share sockets, so that there are no waves', () => {
    expect(plan({ flows: 19_000 })).toMatchObject({ engine: 'io_uring', waves: 1 })
    expect(plan(FLOWS)).toMatchObject({ engine: 'pktinfo', waves: 1, waveSize: 1_000_000 })
    expect(plan({ ...FLOWS, engine: 'auto', host: '127.0.0.9' })).toMatchObject({ engine: 'pktinfo' })
  })
  it('has as many in flight as three quarters of one queue hold, unless it is said', () => {
    // 212,992 bytes, of which a datagram takes 832 with up to 100 bytes of payload and 2304 with 1000.
    expect(plan(FLOWS).inFlight).toBe(192)
    expect(plan({ ...FLOWS, payloadBytes: 1000 }).inFlight).toBe(69)
    expect(plan({ ...FLOWS, payloadBytes: 9000 }).inFlight).toBe(64)
    expect(plan({ ...FLOWS, receiveBufferBytes: 83_200 }).inFlight).toBe(150)
    expect(plan({ ...FLOWS, receiveBufferBytes: 4_000_000 }).inFlight).toBe(192)
    expect(plan({ ...FLOWS, inFlight: 1000 }).inFlight).toBe(1000)
    expect(plan({ flows: 10_000 }).inFlight).toBe(64)
  })
  it('does without io_uring where it is refused, with the reason', () => {
    const none = { ioUringRefusal: 'no' }
    const fallback = { engine: 'pktinfo-mmsg', engineFallback: 'no' }
    expect(plan(FLOWS, none)).toMatchObject(fallback)
    expect(plan({ flows: 10, engine: 'pktinfo' }, none)).toMatchObject(fallback)
    expect(plan({ flows: 10, engine: 'pktinfo-mmsg' }, none)).not.toHaveProperty('engineFallback')
  })
  it.each<RunRequest>([
    { engine: 'io_uring' },
    { engine: 'epoll' },
    { host: '::1' },
    { host: '10.0.0.1' },
    { sourceAddresses: ['127.0.0.1'] },
    { sourcePorts: [1024, 65_535] },
    { waveSize: 1000 },
  ])('opens a socket a flow, in waves, with %j', (request) => {
    const { engine, waves } = plan({ ...FLOWS, ...request })
    expect(engine).toBe(request.engine ?? 'io_uring')
    expect(waves).toBeGreaterThan(1)
  })
  it.each<[RunRequest, string]>([
    [
      { host: 'fd00::1' },
      'over IPv6 they are in a network namespace made for the run, where the group is at ::1, and --host is fd00::1.',
    ],
    [{ host: '10.0.0.1' }, 'they send from addresses of 127.0.0.0/8, and --host 10.0.0.1 is none.'],
    [
      { sourceAddresses: ['127.0.0.1'] },
      'their source addresses are computed: leave --source-addresses out.',
    ],
    [{ waveSize: 10 }, 'all of them are open at once: leave --wave-size out.'],
  ])('refuses to have flows share sockets with %j', (request, why) =>
    expect(errorOf({ ...request, engine: 'pktinfo' })).toMatchObject({
      code: 'RPB_USAGE',
      message: `--engine pktinfo has flows without a socket each: ${why}`,
    }),
  )
  it('opens a socket a flow where not even those that are shared can be open', () => {
    const openFiles = { limit: 150, used: 30 }
    expect(plan({ flows: 500, procs: 1 }, { openFiles })).toMatchObject({ engine: 'io_uring', waveSize: 54 })
    expect(errorOf({ engine: 'pktinfo', procs: 1 }, { openFiles }).message).toBe(
      '--engine pktinfo has flows without a socket each: they share up to 64 of them, and the open-file limit leaves 54: raise it with ulimit -n.',
    )
  })
  it('has them share sockets over IPv6 on request, in a network namespace of our own', () => {
    const request: RunRequest = { ...FLOWS, host: '::1', engine: 'pktinfo' }
    expect(plan(request, { inOwnNetwork: true })).toMatchObject({ engine: 'pktinfo', waves: 1 })
    expect(errorOf(request)).toMatchObject({ code: 'RPB_OWN_NETWORK', network: 'ipv6' })
    expect(errorOf(request).message).toMatch(/^--engine pktinfo over IPv6 runs in a network namespace /)
  })
  it('takes source ports for shared sockets where those are asked for', () =>
    expect(plan({ engine: 'pktinfo', sourcePorts: [2000, 3000] })).toMatchObject({
      sourcePorts: [2000, 3000],
    }))
})

describe('the engine over a TUN device', () => {
  const there = { inOwnNetwork: true }
  it('has all flows at once, whatever the open-file limit', () =>
    expect(plan({ flows: 1_000_000, engine: 'tun' }, there)).toMatchObject({ engine: 'tun', waves: 1 }))
  it('does without io_uring where it is refused, with the reason', () => {
    const none = { ...there, ioUringRefusal: 'no' }
    expect(plan({ engine: 'tun' }, none)).toMatchObject({ engine: 'tun-rw', engineFallback: 'no' })
    expect(plan({ engine: 'tun-rw' }, none)).not.toHaveProperty('engineFallback')
  })
  it('is nothing for the network that this process happens to be in', () =>
    expect(errorOf({ engine: 'tun' })).toMatchObject({ code: 'RPB_OWN_NETWORK', network: 'tun' }))
  it.each<[RunRequest, string]>([
    [
      { target: { address: '127.0.0.1', port: 53 } },
      'it is for a group of ours, in a network namespace made for both: leave --target out.',
    ],
    [
      { host: '::1' },
      "the addresses of 127.0.0.0/8 but those of 127.0.0.0/16 are its flows': leave --host out.",
    ],
    [
      { host: '127.1.0.1' },
      "the addresses of 127.0.0.0/8 but those of 127.0.0.0/16 are its flows': leave --host out.",
    ],
    [{ sourceAddresses: ['127.0.0.1'] }, 'source addresses are computed: leave --source-addresses out.'],
    [{ waveSize: 10 }, 'all of them are there at once: leave --wave-size out.'],
  ])('is refused with %j, also where it could be had', (request, why) =>
    expect(errorOf({ ...request, engine: 'tun' }, there)).toMatchObject({
      code: 'RPB_USAGE',
      message: `--engine tun has flows share a TUN device: ${why}`,
    }),
  )
})

describe('a plan of connections', () => {
  it('has epoll for them, and no reason to tell', () => {
    expect(plan({ protocol: 'tcp' }, { ioUringRefusal: 'no' })).toMatchObject({ engine: 'epoll' })
    expect(plan({ protocol: 'tcp' }, { ioUringRefusal: 'no' })).not.toHaveProperty('engineFallback')
  })
  it.each<[RunRequest, string]>([
    [
      { requestsPerConnection: 2 },
      '--requests-per-connection is of connections, which --protocol udp has none of: take tcp or http.',
    ],
    [
      { protocol: 'tcp', engine: 'io_uring' },
      '--engine io_uring moves datagrams: over TCP leave it out for epoll.',
    ],
    [
      { protocol: 'tcp', requests: 10, requestsPerConnection: 3 },
      '--requests 10 is not a multiple of --requests-per-connection 3: each flow has its requests on whole connections.',
    ],
    [
      { backlog: 10 },
      '--backlog is of listeners, which --protocol udp has none of: datagrams wait in --receive-buffer; or take --protocol tcp.',
    ],
    [
      { protocol: 'tcp', dispatch: 'fan-out' },
      '--dispatch fan-out hands on datagrams: over TCP take reuseport, shared, single.',
    ],
  ])('refuses %j', (request, sentence) =>
    expect(errorOf(request)).toMatchObject({ code: 'RPB_USAGE', message: sentence }),
  )
})

it('has no longer accept queue than the kernel allows', () => {
  expect(plan({ protocol: 'tcp', backlog: 4096 }, { mostBacklog: 4096 })).toMatchObject({ backlog: 4096 })
  expect(errorOf({ protocol: 'tcp', backlog: 4097 }, { mostBacklog: 4096 })).toMatchObject({
    code: 'RPB_USAGE',
    message:
      '--backlog 4097 is more than the 4096 that this kernel allows: lower it, or raise net.core.somaxconn.',
  })
})

describe('a plan', () => {
  it('has the defaults of the tool where nothing was asked', () =>
    expect(plan()).toMatchObject({
      protocol: 'udp',
      family: 'ipv4',
      host: '127.0.0.1',
      port: 0,
      procs: 8,
      server: 'processes',
      flows: 1000,
      seed: 1,
      sourcePorts: [32_768, 60_999],
      waveSize: 1000,
      waves: 1,
      inFlight: 64,
      durationNs: 5e9,
      payloadBytes: 64,
      timeoutNs: 1e9,
    }))

  it('leaves to the kernel and to the flow plan what only they can decide', () => {
    expect(plan()).not.toHaveProperty('receiveBufferBytes')
    expect(plan()).not.toHaveProperty('sourceAddresses')
  })

  it('keeps all that was asked', () => {
    const asked: RunRequest = {
      host: '127.0.0.3',
      port: 4000,
      procs: 3,
      server: 'threads',
      receiveBufferBytes: 4096,
      flows: 77,
      seed: 9,
      sourcePorts: [5000, 5999],
      sourceAddresses: ['127.0.0.1', '127.0.0.2'],
      waveSize: 40,
      workers: 2,
      inFlight: 10,
      durationNs: 1e9,
      warmupNs: 0,
      payloadBytes: 100,
      timeoutNs: 5e6,
    }
    expect(plan(asked)).toMatchObject(asked)
  })

  it('has one member per CPU, 256 at most', () => {
    expect(plan({}, { cpus: 3 }).procs).toBe(3)
    expect(plan({}, { cpus: 1000 }).procs).toBe(256)
  })

  it.each([
    [1, 1],
    [2, 1],
    [7, 1],
    [8, 2],
    [64, 8],
    [256, 8],
  ])('on %d CPUs has %d workers', (cpus, workers) => expect(plan({}, { cpus }).workers).toBe(workers))

  it('has no worker without a flow or without a request in flight', () => {
    expect(plan({ workers: 8, flows: 3 }).workers).toBe(3)
    expect(plan({ workers: 8, inFlight: 2 }).workers).toBe(2)
    expect(plan({ workers: 8, waveSize: 5 }).workers).toBe(5)
  })

  it('ends by time or by number of requests, not both', () => {
    expect(plan({ requests: 3 })).not.toHaveProperty('durationNs')
    expect(plan({ durationNs: 1e9 })).not.toHaveProperty('requests')
    expect(errorOf({ requests: 3, durationNs: 1e9 })).toMatchObject({
      code: 'RPB_USAGE',
      message: expect.stringContaining('--duration and --requests') as string,
    })
  })
})

describe('waves', () => {
  it('are as few as the open-file limit allows', () => {
    const { waves, waveSize } = plan({ flows: 100_000, procs: 4, engine: 'epoll' })
    expect(waveSize).toBeLessThan(20_000 - 30)
    expect(waveSize).toBeGreaterThan(19_000)
    expect(waves).toBe(Math.ceil(100_000 / waveSize))
  })

  it('are one where the limit is no limit', () =>
    expect(
      plan({ flows: 2_000_000 }, { openFiles: { limit: Number.MAX_SAFE_INTEGER, used: 30 } }),
    ).toMatchObject({ waves: 1, waveSize: 2_000_000 }))

  it('leave files to the members', () => {
    const few = plan({ flows: 100_000, procs: 1, engine: 'epoll' }).waveSize
    const many = plan({ flows: 100_000, procs: 256, engine: 'epoll' }).waveSize
    expect(few - many).toBeGreaterThanOrEqual(255)
  })

  it.each([
    [1000, 1000, 1],
    [1001, 1000, 2],
    [10, 3, 4],
    [5, 100, 1],
  ])('of %d flows in waves of %d are %d for one worker', (flows, waveSize, waves) =>
    expect(plan({ flows, waveSize, workers: 1 })).toMatchObject({
      waves,
      waveSize: Math.min(flows, waveSize),
    }),
  )

  it('larger than the limit are wrong usage, saying what fits', () => {
    const error = errorOf({ flows: 100_000, waveSize: 50_000, procs: 4 })
    expect(error.code).toBe('RPB_USAGE')
    expect(error.message).toMatch(
      /^--wave-size 50000 does not fit: the limit of 20000 open files leaves 19\d\d\d for flows; .*ulimit -n\.$/,
    )
  })

  it('are impossible when the members need all files there are', () =>
    expect(errorOf({ procs: 100 }, { openFiles: { limit: 256, used: 30 } })).toMatchObject({
      code: 'RPB_FILES',
      message: expect.stringMatching(/^The limit of 256 open files .* 100 members: .*ulimit -n/) as string,
    }))
})
