import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { prepareAttach } from '../../src/api/attach.js'
import { heldSockets } from './foreign-group.js'
import { DNS_SERVERS, has, NGINX, serve, type Server } from './servers.js'

const SERVERS: readonly { tool: string; server: Server; protocol: 'udp' | 'tcp' }[] = [
  { tool: NGINX.tool, server: NGINX, protocol: 'tcp' },
  ...DNS_SERVERS.map((server) => ({ tool: server.tool, server, protocol: 'udp' as const })),
]

let end: (() => Promise<void>) | undefined
afterEach(() => end?.())

/** Each of four sockets has a reader of its own, although the processes of nginx and nsd hold them all. */
describe.each(SERVERS)('attached to $tool', ({ tool, server, protocol }) => {
  it.runIf(has(tool))('tells which thread reads which member', async () => {
    const started = await serve(server, (at) => heldSockets(protocol, at).length >= 4)
    end = started.end
    const { port } = started
    const texts = { port: String(port), [protocol]: true, level: 'look', duration: '2s', interval: '100ms' }
    const { result } = await prepareAttach(texts).watch({})
    expect(result.members).toHaveLength(4)
    // It may be that its processes start only now.
    expect(result.findings.filter(({ code }) => code !== 'holders-changed')).toEqual([])
    const threads = result.members.map(({ readers }) => readers!.threads.map(({ threadId }) => threadId))
    expect(threads.map(({ length }) => length)).toEqual([1, 1, 1, 1])
    expect(new Set(threads.flat()).size).toBe(4)
  })
})

it.runIf(has(NGINX.tool))(
  'finds the worker of nginx that takes nothing, by the connections that wait for it',
  async () => {
    const { port, end: endServer } = await serve(NGINX, (at) => heldSockets('tcp', at).length >= 4)
    const clients: Socket[] = []
    let stopped = 0
    end = async () => {
      if (stopped > 0) process.kill(stopped, 'SIGCONT')
      for (const client of clients) client.destroy()
      await endServer()
    }
    const watch = (duration: string) =>
      prepareAttach({ port: String(port), tcp: true, level: 'look', duration, interval: '100ms' }).watch({})
    const ask = async (): Promise<void> => {
      const client = connect(port, '127.0.0.1')
      clients.push(client)
      await once(client, 'connect')
    }
    // One connection of so many comes to that worker but once in 10^8.
    const connections = 64
    const { result: before } = await watch('500ms')
    stopped = before.members[2]!.readers!.threads[0]!.pid
    process.kill(stopped, 'SIGSTOP')
    for (let i = 0; i < connections; i++) await ask()
    const watching = watch('2s')
    for (let i = 0; i < connections; i++) await ask()
    const { result } = await watching
    expect(result.findings.find(({ code }) => code === 'unread')).toMatchObject({
      members: [2],
      message: expect.stringContaining(
        'a process waits for it (epoll, poll, select), and takes nothing',
      ) as string,
    })
    expect(result.members.map(({ queue }) => queue.last > 0)).toEqual([false, false, true, false])
  },
)
