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
