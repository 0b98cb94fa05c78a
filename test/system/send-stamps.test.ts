import { describe, expect, it } from 'vitest'
import { ioUringRefusal } from '../../src/host/io-uring.js'
import { median } from '../../src/stats/median.js'
import { measureSendStamps, type SendStamps } from '../bench/send-stamps.js'

const ROUNDS = 7
/** In flight as by default. */
const DEFAULTS = { members: 4, flows: 1000, inFlight: 64, durationMs: 200 }
/**
 * Times what passes over epoll, which stamps each request right before its own call: about the time of one send. One stamp for
 * all that a call hands over is about half of them away, 32 here; with one each it is 4 to 13, by the machine (`npm run bench`).
 */
const MOST_SENDS = 20

/** Those whose flows have a socket each, from a port that the kernel gives. */
const possible = (['epoll', 'io_uring'] as const).filter(
  (kind) => kind === 'epoll' || ioUringRefusal() === undefined,
)

async function rounds(engine: (typeof possible)[number]): Promise<SendStamps[]> {
  const all: SendStamps[] = []
  for (let round = 0; round < ROUNDS; round++) all.push(await measureSendStamps({ engine, ...DEFAULTS }))
  return all
}

describe.each(possible)('over %s, the stamp of a request', (engine) => {
  it('lies before its sending on the whole, so that what it is off by makes latencies larger', async () => {
    const measured = await rounds(engine)
    expect(median(measured.map(({ untilArrival }) => untilArrival.meanNs))).toBeGreaterThan(0)
  })
})

it.runIf(possible.includes('io_uring'))(
  'is off by a few sends at most, where many go in one call',
  async () => {
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const single = await measureSendStamps({ engine: 'epoll', ...DEFAULTS })
      const many = await measureSendStamps({ engine: 'io_uring', ...DEFAULTS })
      ratios.push(many.untilArrival.meanNs / single.untilArrival.meanNs)
    }
    expect(median(ratios)).toBeLessThan(MOST_SENDS)
  },
)
