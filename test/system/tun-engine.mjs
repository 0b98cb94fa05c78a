// An engine over a TUN device and a server by hand, and what the engine tells then, as JSON. To be run in a network namespace of
// its own.
import { createSocket } from 'node:dgram'
import { setImmediate as turn } from 'node:timers/promises'
import { Engine } from '../../dist/src/client/engine.js'
import { ask, FLOW, flowsAnswered, reply, serverAt } from './engine-by-hand.mjs'

const [kind] = process.argv.slice(2)
const QUEUE = 32
const FLOWS = 5000
const SOURCES = {
  seed: 11,
  first: 7_000_000,
  ports: [40_000, 40_001, 40_002],
  device: { network: 0x7f_40_00_00, bits: 22 },
}

const { socket: server, taken } = await serverAt('127.0.0.1')

function engineTo(port) {
  const engine = new Engine({
    engine: kind,
    transport: 'udp',
    lanes: 1,
    payloadBytes: 100,
    runId: 7n,
    epochNs: process.hrtime.bigint(),
    server: { address: '127.0.0.1', port },
  })
  engine.computeFlows(FLOWS, SOURCES)
  const error = engine.openDevice(SOURCES.ports, QUEUE)
  if (error) throw error
  return engine
}

const engine = engineTo(server.address().port)
const asked = [0, 15, 16, 47, 48, 1000, 4999]
const refusedLanes = ask(engine, [-1, FLOWS]).map((ns) => ns < 0)
ask(engine, asked)
const got = await taken(asked.length)
const sources = got.map(({ data, address, port }) => [data.readUInt32LE(FLOW), address, port])
const [one, other] = got
const stranger = createSocket('udp4')
await reply({ ...one, address: other.address, port: other.port }, server)
await reply({ ...one, port: one.port === 40_000 ? 40_001 : 40_000 }, server)
await reply(one, stranger)
await Promise.all(got.map((request) => reply(request, server)))
const answered = flowsAnswered(engine)

// More replies than there is room for.
const many = Array.from({ length: 60 }, (_, i) => i)
const droppedBefore = engine.drops()
ask(engine, many)
for (const request of await taken(many.length)) await reply(request, server)
const kept = flowsAnswered(engine).length
const dropped = engine.drops() - droppedBefore

// A port that nobody is bound to.
const port = server.address().port
server.close()
stranger.close()
await turn()
ask(engine, [3])
flowsAnswered(engine)
const { strangers, receiveErrors, refused } = engine.exchange
engine.wave(0)
// The name and the addresses are free again.
const next = engineTo(port)
next.wave(0)
process.stdout.write(
  JSON.stringify({
    refusedLanes,
    asked,
    sources,
    answered: [...answered],
    kept,
    dropped,
    queue: QUEUE,
    strangers,
    receiveErrors,
    refused,
  }),
)
process.reallyExit(0)
