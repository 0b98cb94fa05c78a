// An engine over a TUN device and a server by hand, and what the engine tells then, as JSON. To be run in a network namespace of
// its own.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Engine } from '../../dist/src/client/engine.js'

const [kind] = process.argv.slice(2)
const KIND_AND_PHASE = 5
const FLOW = 16
const QUEUE = 32
const FLOWS = 5000
const SOURCES = {
  seed: 11,
  first: 7_000_000,
  ports: [40_000, 40_001, 40_002],
  device: { network: 0x7f_40_00_00, bits: 22 },
}

const server = createSocket('udp4')
const requests = []
server.on('message', (data, { port, address }) => requests.push({ data, port, address }))
server.bind(0, '127.0.0.1')
await once(server, 'listening')

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

function ask(engine, lanes) {
  lanes.forEach((lane, i) => {
    engine.exchange.sendLane[i] = lane
    engine.exchange.sendSequence[i] = i
  })
  engine.send(lanes.length, 1)
  return Array.from(engine.exchange.sendNs.slice(0, lanes.length))
}

async function taken(count) {
  while (requests.length < count) await turn()
  return requests.splice(0)
}

const reply = ({ data, port, address }, from = server) => {
  const answer = Buffer.from(data)
  answer[KIND_AND_PHASE] |= 1
  return new Promise((sent) => {
    from.send(answer, port, address, sent)
  })
}

/** The flows of all replies that are there. What is none ends a call too. */
function flowsAnswered(engine) {
  const all = []
  for (let idle = 0; idle < 10; idle++) {
    const n = engine.receive(1e6)
    if (n > 0) idle = 0
    all.push(...engine.exchange.lane.slice(0, n))
  }
  return all
}

const engine = engineTo(server.address().port)
const asked = [0, 15, 16, 47, 48, 1000, 4999]
const refusedLanes = ask(engine, [-1, FLOWS]).map((ns) => ns < 0)
ask(engine, asked)
const got = await taken(asked.length)
const sources = got.map(({ data, address, port }) => [data.readUInt32LE(FLOW), address, port])
const [one, other] = got
const stranger = createSocket('udp4')
await reply({ ...one, address: other.address, port: other.port })
await reply({ ...one, port: one.port === 40_000 ? 40_001 : 40_000 })
await reply(one, stranger)
await Promise.all(got.map((request) => reply(request)))
const answered = flowsAnswered(engine)

// More replies than there is room for.
const many = Array.from({ length: 60 }, (_, i) => i)
const droppedBefore = engine.drops()
ask(engine, many)
for (const request of await taken(many.length)) await reply(request)
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
