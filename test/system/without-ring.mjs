// Takes the ring away from an engine over io_uring, as a kernel does that takes nothing more, and prints what became of
// requests then. In a process of its own, since the engine still believes that the descriptor is its.
import { closeSync, readdirSync, readlinkSync } from 'node:fs'
import { Engine } from '../../dist/src/client/engine.js'

const LANES = 3
const engine = new Engine({
  engine: 'io_uring',
  transport: 'udp',
  lanes: LANES,
  payloadBytes: 100,
  runId: 7n,
  epochNs: process.hrtime.bigint(),
  server: { address: '127.0.0.1', port: 9 },
})
for (let lane = 0; lane < LANES; lane++) if (engine.open(lane, '127.0.0.1', 0)) throw new Error('no flow')
// The first setting up of receives is handed over.
engine.receive(0)
const ring = readdirSync('/proc/self/fd').filter((fd) => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[io_uring]'
  } catch {
    return false
  }
})
// libuv may have rings of its own, which are older.
closeSync(Math.max(...ring.map(Number)))
for (let lane = 0; lane < LANES; lane++) engine.exchange.sendLane[lane] = lane
engine.send(LANES, 1)
process.stdout.write(JSON.stringify(Array.from(engine.exchange.sendNs.slice(0, LANES))))
process.reallyExit(0)
