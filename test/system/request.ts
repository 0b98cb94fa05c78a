import type { Socket } from 'node:dgram'
import { mappedBytes } from '../../src/units/addresses.js'

/** A request of the measured phase, as docs/datagram.md has it, that a bound socket may send. */
export function request(runId: bigint, client: Pick<Socket, 'address'>): Buffer {
  const { address, port } = client.address()
  const data = Buffer.alloc(64)
  data.writeUInt32LE(0x42505252, 0)
  data.writeUInt8(2, 4)
  data.writeUInt8(0b10, 5)
  data.writeUInt16LE(port, 6)
  data.writeBigUInt64LE(runId, 8)
  data.writeUInt32LE(7, 16)
  data.set(mappedBytes(address).subarray(12), 20)
  data.writeBigUInt64LE(5n, 24)
  return data
}
