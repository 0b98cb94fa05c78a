// Prints where a group on the wildcard of IPv6 answers from when it is asked at the address that is the argument.
import dgram from 'node:dgram'
import { once } from 'node:events'
import { OwnGroup } from '../../dist/src/group/own-group.js'
import { mappedBytes } from '../../dist/src/units/addresses.js'

const HEADER_BYTES = 56
const runId = 5n

/** As docs/datagram.md has it. */
function request({ address, port }) {
  const data = Buffer.alloc(HEADER_BYTES)
  data.writeUInt32LE(0x42505252, 0)
  data.writeUInt8(2, 4)
  data.writeUInt16LE(port, 6)
  data.writeBigUInt64LE(runId, 8)
  data.set(mappedBytes(address).subarray(12), 20)
  return data
}

const group = await OwnGroup.start({
  address: '::',
  port: 0,
  members: 1,
  server: 'processes',
  receiveBufferBytes: undefined,
  stampArrivals: 'always',
  payloadBytes: HEADER_BYTES,
  runId,
  epochNs: process.hrtime.bigint(),
})
const asked = process.argv[2]

/** A socket that has the source address that the kernel chooses towards the group, and takes replies from anywhere. */
async function openClient() {
  const connected = dgram.createSocket('udp6')
  connected.connect(group.port, asked)
  await once(connected, 'connect')
  const { address } = connected.address()
  connected.close()
  const client = dgram.createSocket('udp6')
  client.bind(0, address)
  await once(client, 'listening')
  return client
}

const client = await openClient()
client.send(request(client.address()), group.port, asked)
const [, from] = await once(client, 'message', { signal: AbortSignal.timeout(30_000) })
process.stdout.write(from.address)
client.close()
await group.stop()
