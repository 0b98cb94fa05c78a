// An engine whose flows share sockets over IPv6 and a server by hand, and what the engine tells then, as JSON. To be run in a
// network namespace of its own.
import { createSocket } from 'node:dgram'
import { setImmediate as turn } from 'node:timers/promises'
import { Engine } from '../../dist/src/client/engine.js'
import { ask, FLOW, flowsAnswered, reply, serverAt } from './engine-by-hand.mjs'

const [kind] = process.argv.slice(2)
const SOURCES = { seed: 11, first: 7_000_000, ports: [40_000, 40_001, 40_002], family: 'ipv6' }

const { socket: server, taken } = await serverAt('::1')
const { port } = server.address()
const engine = new Engine({
  engine: kind,
  transport: 'udp',
  lanes: SOURCES.ports.length,
  payloadBytes: 100,
  runId: 7n,
  epochNs: process.hrtime.bigint(),
  server: { address: '::1', port },
})
engine.computeFlows(5000, SOURCES)
SOURCES.ports.forEach((own, lane) => {
  const error = engine.open(lane, '::', own)
  if (error) throw error
})
const asked = [0, 15, 16, 47, 48, 1000, 4999]
ask(engine, asked)
const got = await taken(asked.length)
const sources = got.map(({ data, address, port: from }) => [data.readUInt32LE(FLOW), address, from])
const [one, other] = got
const stranger = createSocket('udp6')
await reply({ ...one, address: other.address, port: other.port }, server)
await reply({ ...one, port: one.port === 40_000 ? 40_001 : 40_000 }, server)
await reply(one, stranger)
await Promise.all(got.map((request) => reply(request, server)))
const answered = flowsAnswered(engine)

// A port that nobody is bound to.
server.close()
stranger.close()
await turn()
ask(engine, [3])
flowsAnswered(engine)
const { strangers, receiveErrors, refused } = engine.exchange
process.stdout.write(JSON.stringify({ asked, sources, answered, strangers, receiveErrors, refused }))
process.reallyExit(0)
