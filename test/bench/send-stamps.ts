import { randomBytes } from 'node:crypto'
import { ClosedLoop } from '../../src/client/closed-loop.js'
import { Control } from '../../src/client/control.js'
import { Driver, type Phase } from '../../src/client/driver.js'
import { Engine, type EngineOptions } from '../../src/client/engine.js'
import type { Exchange } from '../../src/client/exchange.js'
import { Requests } from '../../src/client/requests.js'
import { Tally } from '../../src/client/tally.js'
import { OwnGroup } from '../../src/group/own-group.js'
import { mergeHistograms, summarise } from '../../src/analysis/latency/latency.js'
import { addon } from '../../src/native.js'

const PAYLOAD_BYTES = 64

/**
 * Keeps what passes between the stamp of a request, as it was when it was sent, and its arrival; less than nothing included.
 * No flow may have two requests under way.
 */
class StampTally extends Tally {
  readonly untilArrivalNs: number[] = []
  readonly #sentNs = new Float64Array(this.flows.flows)

  override noteSent(flow: number, sentNs: number): void {
    this.#sentNs[flow] = sentNs
    super.noteSent(flow, sentNs)
  }

  override noteReply(flow: number, x: Exchange, i: number, intendedNs: number): void {
    this.untilArrivalNs.push(x.arrivedNs[i]! - this.#sentNs[flow]!)
    super.noteReply(flow, x, i, intendedNs)
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The phase of a closed loop. */
function phase(wire: 0 | 1, tally: Tally): Phase {
  return { wire, tally, scheduled: false, firstFlow: 0 }
}

export interface StampOptions extends Pick<EngineOptions, 'engine'> {
  members: number
  flows: number
  inFlight: number
  durationMs: number
}

export interface SendStamps {
  roundTripsPerSecond: number
  /** of the client's thread and all members together, µs */
  cpuPerRoundTripUs: number
  /** from the client's stamp to the kernel's, at the member's socket */
  untilArrival: { meanNs: number; meanAbsoluteNs: number; p99AbsoluteNs: number }
  serviceMeanNs: number
  /** part of the mean service time that had passed before the datagram was on its way */
  share: number
}

/**
 * A closed loop as `run` has it, but with the kernel's stamps of arrivals, which a closed loop has not: what passes
 * between the stamp of a request and its arrival. On loopback a datagram arrives within the call that sends it. The client
 * runs in this thread.
 */
export async function measureSendStamps(options: StampOptions): Promise<SendStamps> {
  const { members, flows: count, inFlight, durationMs } = options
  const run = {
    payloadBytes: PAYLOAD_BYTES,
    runId: randomBytes(8).readBigUInt64LE(),
    epochNs: process.hrtime.bigint(),
  }
  const group = await OwnGroup.start({
    ...run,
    address: '127.0.0.1',
    port: 0,
    members,
    server: 'processes',
    receiveBufferBytes: undefined,
    stampArrivals: 'always',
  })
  try {
    addon.sharpTimers()
    const server = { address: '127.0.0.1', port: group.sockets.port }
    const engine = new Engine({ ...run, ...options, transport: 'udp', lanes: count, server })
    for (let lane = 0; lane < count; lane++) {
      const error = engine.open(lane, '127.0.0.1', 0)
      if (error) throw error
    }
    const driver = new Driver(engine, new Requests(1e9, false), new Control(Control.memory(1)), 0)
    const loop = (ms: number) => new ClosedLoop({ flows: count, inFlight, durationNs: ms * 1e6 })
    // "Scheduled" for the tally alone: it then keeps the leg that the arrival stamp ends.
    driver.drive(phase(0, new Tally(count, members, true)), loop(durationMs / 4))
    driver.drain()
    const tally = new StampTally(count, members, true)
    const before = await group.snapshot()
    const { activeNs, cpuNs } = driver.drive(phase(1, tally), loop(durationMs))
    driver.drain()
    engine.wave(0)
    const membersNs = (await group.snapshot()).reduce(
      (sum, after, i) => sum + after.cpuNs - before[i]!.cpuNs,
      0,
    )
    const service = summarise(
      mergeHistograms(tally.memberReports().flatMap(({ histograms }) => histograms.service ?? [])),
    )!
    const errors = tally.untilArrivalNs.map(Math.abs).toSorted((a, b) => a - b)
    return {
      roundTripsPerSecond: (tally.repliedTotal / activeNs) * 1e9,
      cpuPerRoundTripUs: (cpuNs + membersNs) / tally.repliedTotal / 1e3,
      untilArrival: {
        meanNs: mean(tally.untilArrivalNs),
        meanAbsoluteNs: mean(errors),
        p99AbsoluteNs: errors[Math.floor(0.99 * errors.length)]!,
      },
      serviceMeanNs: service.meanNs,
      share: mean(errors) / service.meanNs,
    }
  } finally {
    await group.stop()
  }
}
