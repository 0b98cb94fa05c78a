import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { hasPython } from '../system/foreign-group.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool } from './tool.js'
import { CLIENT_ADDRESS, mayHaveTwoNetworks, SERVER_ADDRESS, TwoNetworks } from './two-networks.js'

const SCRIPT = fileURLToPath(new URL('remote-server.py', import.meta.url))

let directory: string
useTemporaryDirectory((path) => (directory = path))
let networks: TwoNetworks
let server: ChildProcessWithoutNullStreams | undefined

/** Starts a server of one protocol on the other side. @returns its port */
async function startServer(protocol: string): Promise<number> {
  const [file, ...args] = [...networks.server.under, 'python3', SCRIPT, protocol, SERVER_ADDRESS]
  server = spawn(file, args, { stdio: 'pipe' })
  const [port] = (await once(server.stdout, 'data')) as [Buffer]
  return Number(String(port))
}

const asked = (port: number, protocol: string, flags: readonly string[]) =>
  runTool(['run', '--target', `${SERVER_ADDRESS}:${port}`, '--protocol', protocol, '--no-save', ...flags], {
    under: networks.client.under,
    cwd: directory,
  })

const words = (text: string): string => text.replaceAll(/\s+/g, ' ')

const possible = hasPython && (await mayHaveTwoNetworks())

describe('a target on another host (root)', { skip: !possible, timeout: 60_000 }, () => {
  beforeEach(async () => {
    networks = await TwoNetworks.make()
  })
  afterEach(async () => {
    await Tool.endAll()
    server?.stdin.end()
    networks.end()
  })

  it.each([
    ['echo', 'udp', '100 datagrams of 64 bytes', {}],
    ['dns', 'udp', '100 questions', { answers: { rcodes: [{ rcode: 'NXDOMAIN', count: 100 }] } }],
    ['http', 'tcp', '100 requests of HTTP for /', { statuses: [{ status: 200, count: 100 }] }],
  ] as const)(
    'is asked by %s where that is allowed, at a modest rate, and not before',
    async (protocol, transport, what, answered) => {
      const port = await startServer(protocol)
      const { client } = networks
      client.count('serve0', CLIENT_ADDRESS, SERVER_ADDRESS, transport, port)
      const refused = await asked(port, protocol, [])
      expect(refused).toMatchObject({ status: 2, stdout: '' })
      expect(refused.stderr.trim().split('\n\n')).toHaveLength(1)
      expect(words(refused.stderr)).toContain(
        `--target ${SERVER_ADDRESS}:${port} is no address of this host: with --allow-remote, rpbench run sends there all the same`,
      )
      expect(client.counted).toEqual({ requests: 0, replies: 0 })

      const allowed = ['--allow-remote', '--json', '--requests', '1', '--warmup', '0s']
      const { stdout, stderr, status } = await asked(port, protocol, allowed)
      expect(status).not.toBe(2)
      expect(words(stderr)).toContain(
        `rpbench: Sends up to ${what}, 100 a second, from 100 ports of ${CLIENT_ADDRESS} to ${SERVER_ADDRESS}:${port}, `,
      )
      const result: RunResult = runResult.parse(JSON.parse(stdout))
      // Where nothing is said: 100 a second from 100 source ports.
      expect(result).toMatchObject({
        plan: { effective: { rateHz: 100, flows: 100 } },
        schedule: { rateHz: 100 },
        books: { sent: 100, replied: 100, lost: 0, wrongReplies: 0 },
        group: { address: SERVER_ADDRESS, port, membersUnknown: true },
        ...answered,
      })
      expect(result).not.toHaveProperty('targetSockets')
      // Of TCP a SYN of each connection, and its grant.
      const { connections, books } = result
      expect(client.counted).toEqual({
        requests: connections?.opened ?? books.sent,
        replies: connections?.established ?? books.replied,
      })
    },
  )
})
