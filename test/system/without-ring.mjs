// Takes the ring away from an engine over io_uring, as a kernel does that takes nothing more, and prints what became of
// requests then. In a process of its own, since the engine still believes that the descriptor is its.
import { closeSync, readdirSync, readlinkSync } from 'node:fs'
import { Engine } from '../../dist/src/client/engine.js'

const SLOTS = 3
const engine = new Engine({
  engine: 'io_uring',
  slots: SLOTS,
  payloadBytes: 100,
  runId: 7n,
  epochNs: process.hrtime.bigint(),
  server: { address: '127.0.0.1', port: 9 },
})
for (let slot = 0; slot < SLOTS; slot++) if (engine.open(slot, '127.0.0.1', 0)) throw new Error('no flow')
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
for (let slot = 0; slot < SLOTS; slot++) engine.exchange.sendSlot[slot] = slot
engine.send(SLOTS, 1)
process.stdout.write(JSON.stringify(Array.from(engine.exchange.sendNs.slice(0, SLOTS))))
process.reallyExit(0)
