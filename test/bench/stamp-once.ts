import { measureSendStamps } from './send-stamps.js'

// One measurement in a process of its own: ENGINE MEMBERS FLOWS IN_FLIGHT MS.
const [engine, ...numbers] = process.argv.slice(2)
const [members, flows, inFlight, durationMs] = numbers.map(Number) as [number, number, number, number]
const stamps = await measureSendStamps({
  engine: engine === 'epoll' ? 'epoll' : 'io_uring',
  members,
  flows,
  inFlight,
  durationMs,
})
process.stdout.write(JSON.stringify(stamps))
