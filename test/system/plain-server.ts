import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** What a server answers to a datagram: one reply, several, or none. */
export type Answer = (datagram: Buffer, from: RemoteInfo) => Buffer | readonly Buffer[]

/** A UDP server that knows nothing of rpbench: one socket of this process. Without an answer of its own it echoes. */
export class PlainServer {
  readonly seen: { port: number; bytes: number }[] = []

  private constructor(readonly socket: Socket) {}

  static async start(answer: Answer = (datagram) => datagram, host = '127.0.0.1'): Promise<PlainServer> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    const server = new PlainServer(socket)
    socket.on('message', (datagram, from) => {
      server.seen.push({ port: from.port, bytes: datagram.length })
      for (const reply of [answer(datagram, from)].flat()) socket.send(reply, from.port, from.address)
    })
    socket.bind(0, host)
    await once(socket, 'listening')
    return server
  }

  get address(): { address: string; port: number } {
    const { address, port } = this.socket.address()
    return { address, port }
  }

  async stop(): Promise<void> {
    this.socket.close()
    await once(this.socket, 'close')
  }
}
