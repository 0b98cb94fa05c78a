/** A request of the measured phase, as docs/datagram.md has it. */
export function request(runId: bigint): Buffer {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(0x42505252, 0)
  data.writeUInt8(1, 4)
  data.writeUInt8(0b10, 5)
  data.writeBigUInt64LE(runId, 8)
  data.writeUInt32LE(7, 16)
  data.writeBigUInt64LE(5n, 24)
  return data
}
