import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { has, NGINX, serve } from '../system/servers.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
const servers: (Server | HttpServer)[] = []
const sockets = new Set<Socket>()
afterEach(async () => {
  await Tool.endAll()
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of servers.splice(0)) await new Promise((closed) => server.close(closed))
})

/** @returns the port */
async function listening(server: Server | HttpServer): Promise<number> {
  servers.push(server)
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const listens = (port: number): boolean =>
  spawnSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'utf8' }).stdout !== ''

/** Without a warm-up, so that the server's counts are of the measured phase alone. */
async function measured(protocol: string, port: number, options: string): Promise<RunResult> {
  const words = `run --target 127.0.0.1:${port} --protocol ${protocol} --warmup 0s --timeout 30s --json --no-save ${options}`
  const outcome = await runTool(words.split(' '), { cwd: directory })
  expect(outcome.stderr).toBe('')
  return runResult.parse(JSON.parse(outcome.stdout))
}

/** A server of Node.js that counts. */
class Counting {
  requests = 0
  connections = 0
  readonly server = createServer((request, response) => {
    this.requests++
    response.statusCode = request.url === '/gone' ? 410 : 200
    response.write('a'.repeat(5000))
    response.end('b')
  })

  constructor() {
    this.server.on('connection', () => this.connections++)
  }
}

describe('rpbench run --target --protocol http', () => {
  it('keeps connections, and counts replies by their status, as a server of Node.js does', async () => {
    const counting = new Counting()
    const port = await listening(counting.server)
    const result = await measured('http', port, '-f 20 --requests 10 --path /gone')
    expect(result.statuses).toEqual([{ status: 410, count: 200 }])
    expect(result.books).toMatchObject({ sent: 200, replied: 200, lost: 0, wrongReplies: 0 })
    expect(result.connections).toMatchObject({ opened: 20, established: 20, closed: 20, closedByServer: 0 })
    expect(counting).toMatchObject({ requests: 200, connections: 20 })
    expect(result.validity.findings).toContainEqual(
      expect.objectContaining({
        code: 'error-answers',
        measured: 1,
        message: expect.stringContaining('a status from 400 on') as string,
      }),
    )
    // What nobody told us.
    expect(result.members).toEqual([])
    expect(result.books).not.toHaveProperty('taken')
    expect(result.connections).not.toHaveProperty('accepted')
    expect(result.crossCheck?.tcp).not.toHaveProperty('ourPassiveOpens')
  })

  it('opens a connection for each request where that is asked, and says so to the server', async () => {
    const counting = new Counting()
    const port = await listening(counting.server)
    const result = await measured('http', port, '-f 20 --requests 3 --requests-per-connection 1')
    expect(result.connections).toMatchObject({ established: 60, closed: 60, closedByServer: 0, cut: 0 })
    expect(result.latency?.connect?.count).toBe(60)
    expect(counting).toMatchObject({ requests: 60, connections: 60 })
  })

  it.runIf(has(NGINX.tool))('counts what the log of nginx counts', async () => {
    const logged = {
      ...NGINX,
      config: (folder: string, port: number) =>
        NGINX.config(folder, port)
          .replace('access_log off;', `access_log ${join(directory, 'log')};`)
          .replace('location / {', 'location = /none { return 404; } location / {'),
    }
    const { port, end } = await serve(logged, listens)
    try {
      const result = await measured('http', port, '-f 100 --requests 20')
      expect(result.statuses).toEqual([{ status: 200, count: 2000 }])
      expect(result.connections).toMatchObject({ opened: 100, established: 100, closed: 100 })
      const none = await measured('http', port, '-f 10 --requests 1 --path /none')
      expect(none.statuses).toEqual([{ status: 404, count: 10 }])
    } finally {
      await end()
    }
    const lines = readFileSync(join(directory, 'log'), 'utf8').trimEnd().split('\n')
    expect(lines.filter((line) => line.includes('"GET / HTTP/1.1" 200'))).toHaveLength(2000)
    expect(lines).toHaveLength(2010)
  })

  it('holds the share of errors against a limit', async () => {
    const counting = new Counting()
    const port = await listening(counting.server)
    const limits = ['http.errorShare<50%', 'http.serverErrorShare==0'].flatMap((text) => [
      '--threshold',
      text,
    ])
    const words = `run --target 127.0.0.1:${port} --protocol http -f 20 --requests 10 --json --no-save`
    const outcome = await runTool([...`${words} --path /gone`.split(' '), ...limits], { cwd: directory })
    expect(outcome.status).toBe(99)
    const { thresholds } = runResult.parse(JSON.parse(outcome.stdout))
    expect(thresholds?.map(({ observed, outcome: of }) => [observed, of])).toEqual([
      [1, 'fail'],
      [0, 'pass'],
    ])
  })

  it('says that something else answers', async () => {
    const port = await listening(createTcpServer((socket) => socket.end('220 mail\r\n')))
    const outcome = await runTool(
      `run --target 127.0.0.1:${port} --protocol http -f 5 --requests 1 --timeout 200ms --no-save`.split(' '),
      { cwd: directory },
    )
    expect(outcome.status).not.toBe(0)
    expect(outcome.stdout).toMatch(/not what was to come/)
  })

  it.each([
    ['--protocol http --path x', /'x' is no path/],
    ['--protocol tcp --path /x', /--path needs --protocol http/],
    ['--protocol http --payload 100', /--payload is of our messages/],
  ])('refuses %s', async (words, sentence) => {
    const outcome = await runTool(`run --target 127.0.0.1:80 ${words}`.split(' '), { cwd: directory })
    expect(outcome).toMatchObject({ status: 2, stdout: '' })
    expect(outcome.stderr).toMatch(sentence)
  })
})

describe('rpbench run --target --protocol tcp', () => {
  it('connects to a plain echo server, asks it and closes', async () => {
    let connections = 0
    const port = await listening(
      createTcpServer((socket) => {
        connections++
        socket.pipe(socket)
      }),
    )
    const result = await measured('tcp', port, '-f 20 --requests 4 --requests-per-connection 2')
    expect(result.books).toMatchObject({ sent: 80, replied: 80, lost: 0, wrongReplies: 0 })
    expect(result.connections).toMatchObject({ opened: 40, established: 40, closed: 40 })
    expect(result).not.toHaveProperty('statuses')
    expect(connections).toBe(40)
  })

  it('finds an echo that was changed', async () => {
    const port = await listening(
      createTcpServer((socket) => {
        socket.on('data', (data) => {
          data[data.length - 1] = 1
          socket.write(data)
        })
      }),
    )
    const outcome = await runTool(
      `run --target 127.0.0.1:${port} --protocol tcp -f 5 --requests 1 --timeout 200ms --json --no-save`.split(
        ' ',
      ),
      { cwd: directory },
    )
    const result = runResult.parse(JSON.parse(outcome.stdout))
    expect(result.books.replied).toBe(0)
    expect(result.books.wrongReplies).toBeGreaterThanOrEqual(5)
    expect(outcome.status).not.toBe(0)
  })
})
