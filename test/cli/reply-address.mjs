// Prints where a group on the wildcard of IPv6 answers from when it is asked at the address that is the argument.
import dgram from 'node:dgram'
import { once } from 'node:events'
import { OwnGroup } from '../../dist/src/group/own-group.js'

const HEADER_BYTES = 56
const runId = 5n

/** As docs/datagram.md has it. */
function request() {
  const data = Buffer.alloc(HEADER_BYTES)
  data.writeUInt32LE(0x42505252, 0)
  data.writeUInt8(1, 4)
  data.writeBigUInt64LE(runId, 8)
  return data
}

const group = await OwnGroup.start({
  address: '::',
  port: 0,
  members: 1,
  server: 'processes',
  receiveBufferBytes: undefined,
  stampArrivals: true,
  payloadBytes: HEADER_BYTES,
  runId,
  epochNs: process.hrtime.bigint(),
})
const client = dgram.createSocket('udp6')
client.send(request(), group.port, process.argv[2])
const [, from] = await once(client, 'message', { signal: AbortSignal.timeout(30_000) })
process.stdout.write(from.address)
client.close()
await group.stop()
