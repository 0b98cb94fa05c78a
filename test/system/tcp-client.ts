import { once } from 'node:events'
import net from 'node:net'

export const PAYLOAD = 64

/** A request over a connection, as docs/tcp.md has it. */
export function message(runId: bigint, { sequence = 0, phase = 1, bytes = PAYLOAD } = {}): Buffer {
  const data = Buffer.alloc(bytes)
  data.writeUInt32LE(0x42505252, 0)
  data.writeUInt8(2, 4)
  data.writeUInt8(phase << 1, 5)
  data.writeBigUInt64LE(runId, 8)
  data.writeUInt32LE(7, 16)
  data.writeBigUInt64LE(BigInt(sequence), 24)
  return data
}

/** What a reply says of who sent it, and which request it answers. */
export function replyOf(data: Buffer): { member: number; generation: number; sequence: number } {
  if ((data.readUInt8(5) & 1) !== 1) throw new Error('not a reply')
  return {
    member: data.readUInt16LE(6),
    generation: data.readUInt32LE(20),
    sequence: Number(data.readBigUInt64LE(24)),
  }
}

/** A connection to a group, which puts what comes together. */
export class Connection {
  received = Buffer.alloc(0)
  /** how the other side ended it: 'end', or the code of an error */
  ended: string | undefined

  private constructor(readonly socket: net.Socket) {
    socket.on('data', (data) => (this.received = Buffer.concat([this.received, data])))
    socket.on('end', () => (this.ended ??= 'end'))
    socket.on('error', (error: NodeJS.ErrnoException) => (this.ended ??= error.code ?? error.message))
  }

  static async open(port: number, options: Partial<net.TcpNetConnectOpts> = {}): Promise<Connection> {
    const connection = new Connection(net.connect({ port, host: '127.0.0.1', noDelay: true, ...options }))
    await once(connection.socket, 'connect')
    return connection
  }

  /** Sends, and waits for as many bytes as come back for it. */
  async ask(data: Buffer, bytes = data.length): Promise<Buffer> {
    const already = this.received.length
    this.socket.write(data)
    while (this.received.length < already + bytes) {
      if (this.ended !== undefined) throw new Error(`ended: ${this.ended}`)
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')])
    }
    return this.received.subarray(already, already + bytes)
  }

  /** Waits until the other side has ended it. @returns how */
  async end(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close').catch(() => {})
    return this.ended ?? 'closed'
  }

  /** Breaks it off, as our clients do. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}
