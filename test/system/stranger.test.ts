import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { measure, quietPort } from './experiment.js'
import { udpSocketsOn } from './kernel-counters.js'
import { refuseLeftovers } from './process-table.js'
import { Stranger } from './stranger.js'

const plan = { procs: 2, flows: 100, inFlight: 10 }

describe('a port that a stranger holds', () => {
  it('is refused, naming the process', async () => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    try {
      const { port } = socket.address()
      await expect(measure({ ...plan, port })).rejects.toMatchObject({
        code: 'RPB_PORT_IN_USE',
        message: expect.stringMatching(
          new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use by process ${process.pid} \\(.+\\)`),
        ) as string,
      })
    } finally {
      socket.close()
    }
  })

  it('on the wildcard address of IPv6 is refused as well', async () => {
    const socket = createSocket('udp6')
    const bound = once(socket, 'listening').catch(() => undefined)
    socket.bind(0, '::')
    if ((await bound) === undefined) return // no IPv6 here
    try {
      const { port } = socket.address()
      await expect(measure({ ...plan, port })).rejects.toMatchObject({ code: 'RPB_PORT_IN_USE' })
    } finally {
      socket.close()
    }
  })
})

describe('a stranger with SO_REUSEPORT', () => {
  let stranger: Stranger
  beforeEach(async () => {
    stranger = await Stranger.start()
  })
  afterEach(async () => {
    await stranger.end()
    refuseLeftovers(process.pid)
  })

  it('keeps a group from its port, though the kernel would let both have it', async () => {
    const port = quietPort()
    await stranger.bind(port)
    await expect(measure({ ...plan, port })).rejects.toMatchObject({
      code: 'RPB_PORT_IN_USE',
      message: expect.stringContaining(`in use by process ${stranger.pid} (`) as string,
    })
    expect(udpSocketsOn(port), 'only the stranger’s is left').toBe(1)
  })

  it('that joins during the run is found and named, and makes the run invalid', async () => {
    const port = quietPort()
    const enough = new AbortController()
    let joined: Promise<void> | undefined
    const { result } = await measure(
      { ...plan, port, warmupNs: 0, durationNs: 600e9, timeoutNs: 200e6 },
      {
        signal: enough.signal,
        onProgress: ({ phase, figures }) => {
          if (phase === 'measuring' && figures.replied > 0)
            joined ??= stranger.bind(port).then(() => enough.abort())
        },
      },
    )
    await joined
    expect(result.validity.verdict).toBe('invalid')
    const finding = result.validity.findings.find((f) => f.code === 'stranger-joined')
    expect(finding?.message).toContain(`process ${stranger.pid} (`)
  })
})
