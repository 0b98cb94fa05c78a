import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { TLS } from '../../src/control/security.js'
import { keyOf } from '../../src/control/token.js'
import { runResult, type RunResult } from '../../src/result/run-result.js'
import { serveResult } from '../../src/result/serve-result.js'
import { udpSocketsOn } from '../system/kernel-counters.js'
import { isRunning, membersOf, until } from '../system/process-table.js'
import { request } from '../system/request.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runOn, startServe, TOKEN, WITH_TOKEN, type Served } from './served.js'
import { runTool, Tool } from './tool.js'

let directory: string
useTemporaryDirectory((path) => (directory = path))
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Tool.endAll()
})

/** Runs a client to its end. */
async function measured(served: Served, flags: readonly string[] = []): Promise<RunResult> {
  const { stdout, stderr } = await runTool(runOn(served, ['--json', ...flags]), WITH_TOKEN)
  expect(stderr).toBe('')
  return runResult.parse(JSON.parse(stdout))
}

function expectWholeBooks({ books, members }: RunResult): void {
  expect(books.sent).toBeGreaterThan(0)
  expect(books).toMatchObject({ lost: 0, unexplained: 0, taken: books.sent, replied: books.sent })
  expect(members.reduce((sum, { taken = 0 }) => sum + taken, 0)).toBe(books.taken)
  for (const { taken, replies, unexplained } of members)
    expect({ taken, unexplained }).toEqual({ taken: replies, unexplained: 0 })
}

/** A connection to the control port without TLS. */
async function plain({ controlPort }: Served): Promise<Socket> {
  const socket = connect(controlPort, '127.0.0.1')
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

/** A connection with the token, that says what it likes. */
async function withToken({ controlPort }: Served): Promise<TLSSocket> {
  const socket = connectTls({
    ...TLS,
    host: '127.0.0.1',
    port: controlPort,
    pskCallback: () => ({ psk: keyOf(TOKEN), identity: 'rpbench' }),
    checkServerIdentity: () => undefined,
  })
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'secureConnect')
  return socket
}

/** How many connections to the control port there are, by /proc/net/tcp, where 01 is one that is established. */
function tcpClientsOf(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, own = '', , state]) => own.endsWith(local) && state === '01').length
}

const gone = (socket: Socket): Promise<unknown> => (socket.closed ? Promise.resolve() : once(socket, 'close'))

describe('rpbench serve', () => {
  it('serves one client after another, whose books balance, and says at the end what it did', async () => {
    const served = await startServe(directory)
    const members = membersOf(served.tool.pid)
    const first = await measured(served)
    const second = await measured(served, ['--payload', '1400', '--rate', '2k'])
    for (const result of [first, second]) {
      expectWholeBooks(result)
      expect(result.members.map(({ pid }) => pid)).toEqual(members)
      expect(result.group).toMatchObject({ port: served.port, server: 'processes' })
      expect(result.server).toMatchObject({
        controlPort: served.controlPort,
        sameHost: true,
        sameNetwork: true,
      })
      expect(result.legs, 'clocks are not shared').toBeUndefined()
      expect(result.affinity.violations).toEqual([])
    }
    served.tool.signal('SIGTERM')
    const { status, stdout, stderr } = await served.tool.ended
    expect(status).toBe(0)
    expect(stderr).toMatch(/^ run +127\.0\.0\.1 · .* taken/)
    expect(stdout).toMatch(/runs +127\.0\.0\.1 · .* taken · .* echoed\n +127\.0\.0\.1/)
    expect(members.filter((pid) => isRunning(pid))).toEqual([])
    expect(udpSocketsOn(served.port)).toBe(0)
  })

  it('gives what was served as JSON, whose sums are those of its clients', async () => {
    const served = await startServe(directory, ['--json', '--quiet'])
    await measured(served, ['--requests', '50', '--warmup', '0s'])
    served.tool.ctrlC()
    const { status, stdout } = await served.tool.ended
    const result = serveResult.parse(JSON.parse(stdout))
    expect(status).toBe(0)
    expect(result.runs).toMatchObject([
      { client: '127.0.0.1', finished: true, taken: 5000, echoed: 5000, left: 0 },
    ])
    expect(result.members.reduce((sum, { echoed }) => sum + echoed, 0)).toBe(5000)
  })

  it.each([
    ['a front', ['--dispatch', 'fan-out']],
    ['threads, and a steering', ['--server', 'threads', '--steering', 'random']],
    ['every address, and members that work', ['--listen', 'any', '--service-time', '50us']],
  ])('serves two clients by %s', async (_what, flags) => {
    const served = await startServe(directory, flags)
    for (const payload of ['64', '500']) {
      const { books } = await measured(served, ['--payload', payload])
      expect(books.sent).toBeGreaterThan(0)
      expect(books).toMatchObject({ lost: 0, unexplained: 0, taken: books.sent, strangersAtMembers: 0 })
    }
  })

  it('answers no datagram of a run that it was not told of, or that is over', async () => {
    const served = await startServe(directory, ['--json', '--quiet'])
    const client = createSocket('udp4')
    const answers: Buffer[] = []
    client.on('message', (answer) => answers.push(answer))
    client.bind(0, '127.0.0.1')
    await once(client, 'listening')
    const send = (runId: bigint): Promise<void> =>
      new Promise((sent) => {
        client.send(request(runId, client), served.port, '127.0.0.1', () => sent())
      })
    // Told of one, it answers; told that it is over, no more.
    const runId = randomBytes(8).readBigUInt64LE()
    const control = await withToken(served)
    const said = lines(control)
    control.write(`${JSON.stringify({ hello: 2, tool: 'test' })}\n`)
    await until('it greets', () => said.length > 0)
    await send(runId)
    control.write(`${JSON.stringify({ id: 1, do: 'run', runId: String(runId), payloadBytes: 64 })}\n`)
    await until('it was told', () => said.some((line) => line.includes('"id":1')))
    expect(said[1]).toBe(`{"id":1,"answer":{"runId":"${runId}"}}`)
    await send(runId)
    await until('the answer came', () => answers.length > 0)
    await send(runId ^ 1n)
    control.end()
    await gone(control)
    await measured(served)
    await send(runId)
    client.close()
    served.tool.ctrlC()
    const result = serveResult.parse(JSON.parse((await served.tool.ended).stdout))
    expect(answers.length).toBe(1)
    const strangers = result.members.reduce((sum, member) => sum + member.strangers, 0)
    expect(strangers, 'before it was told, of another run, and after').toBe(3)
    expect(result.runs[0]).toMatchObject({ finished: false, taken: 1, echoed: 1 })
  })

  it('keeps its token out of what other users see of its processes', async () => {
    const { tool } = await startServe(directory)
    const members = await tool.untilMembers(2)
    for (const pid of [tool.pid, ...members])
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(TOKEN)
    // Members need none.
    for (const pid of members) expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(TOKEN)
  })

  it('ends with 1 when a member dies, which its client is told', async () => {
    const served = await startServe(directory)
    const run = new Tool(runOn(served, ['-d', '60s', '--json']), WITH_TOKEN)
    const [victim] = await served.tool.untilTaken('measured', 2, 100)
    process.kill(victim!, 'SIGKILL')
    const { status, stdout } = await run.ended
    const result = runResult.parse(JSON.parse(stdout))
    expect(status).toBe(1)
    expect(result.failure).toMatch(/^Member [01] \(process \d+\) was killed by SIGKILL\.$/)
    expect(result.books.replied).toBeGreaterThan(0)
    const end = await served.tool.ended
    expect(end.status).toBe(1)
    expect(end.stdout).toMatch(/failed +Member [01] \(process \d+\) was killed by SIGKILL\./)
  })
})

/** The lines that come, as they come. */
function lines(socket: Socket): string[] {
  const all: string[] = []
  let rest = ''
  socket.setEncoding('utf8').on('data', (piece: string) => {
    const parts = (rest + piece).split('\n')
    rest = parts.pop()!
    all.push(...parts)
  })
  return all
}

describe('the control port', () => {
  it('says in one sentence what is wrong', async () => {
    const served = await startServe(directory)
    const wrong = await runTool(runOn(served), { env: { RPBENCH_TOKEN: 'f'.repeat(20) } })
    expect(wrong).toMatchObject({ status: 1, stdout: '' })
    expect(wrong.stderr).toMatch(/^rpbench: The control port .* has another token: .*\n$/)
    const short = await runTool(runOn(served), { env: { RPBENCH_TOKEN: 'short' } })
    expect(short).toMatchObject({ status: 2, stdout: '' })
    expect(short.stderr).toMatch(/^rpbench: RPBENCH_TOKEN holds no token: .*\n$/)
    const closed = await runTool(runOn({ ...served, controlPort: 1 }), WITH_TOKEN)
    expect(closed).toMatchObject({ status: 1, stdout: '' })
    expect(closed.stderr).toMatch(/^rpbench: The control port .* is closed: .*\n$/)
    const none = await runTool(runOn(served), { env: { RPBENCH_TOKEN: '' } })
    expect(none).toMatchObject({ status: 2, stdout: '' })
    expect(none.stderr).toMatch(/^rpbench: --control-port needs the token .*\n$/)
  })

  it('takes one client at a time, and tells another so', async () => {
    const served = await startServe(directory)
    const first = new Tool(runOn(served, ['-d', '60s', '--json']), WITH_TOKEN)
    await served.tool.untilTaken('measured', 2)
    const second = await runTool(runOn(served), WITH_TOKEN)
    expect(second).toMatchObject({ status: 1, stdout: '' })
    expect(second.stderr).toMatch(
      /^rpbench: This group has served 127\.0\.0\.1 for .*, and serves one client at a time: .*\n$/,
    )
    first.ctrlC()
    const result = runResult.parse(JSON.parse((await first.ended).stdout))
    expect(result.stopped).toBe('interrupted')
    expect(result.books).toMatchObject({ lost: 0, unexplained: 0 })
    expectWholeBooks(await measured(served))
  })

  it('refuses shards that do not fit, or come twice; who waits for the others can be stopped', async () => {
    const served = await startServe(directory)
    const first = await withToken(served)
    const said = lines(first)
    const plan = {
      flows: '100',
      seed: '1',
      weights: 'uniform',
      'in-flight': '64',
      duration: '300000000',
      warmup: '100000000',
      payload: '64',
      timeout: '1000000000',
    }
    const hello = { hello: 2, tool: 'test', shard: { index: 1, count: 3, plan } }
    first.write(`${JSON.stringify(hello)}\n`)
    await until('it greets', () => said.length > 0)
    let id = 0
    const stays = setInterval(() => first.write(`${JSON.stringify({ id: ++id, do: 'stay' })}\n`), 1000)
    try {
      for (const [flags, why] of [
        [[], 'serves one client at a time'],
        [['--shard', '1/3'], 'Shard 1/3 is there already, from 127.0.0.1: each has a number of its own.'],
        [['--shard', '2/4'], 'Shard 2/4 does not fit the run that is served: its parts are 3.'],
        [['--shard', '2/3', '--seed', '7'], 'it has --seed 7, and shard 1/3 1; give all the same plan.'],
      ] as const) {
        const { status, stderr } = await runTool(runOn(served, flags), WITH_TOKEN)
        expect(status).toBe(1)
        expect(stderr).toContain(why)
      }
      const waiting = new Tool(runOn(served, ['--shard', '2/3']), WITH_TOKEN)
      await until('it waits', () => tcpClientsOf(served.controlPort) > 1)
      waiting.ctrlC()
      expect(await waiting.ended).toMatchObject({
        status: 130,
        stderr: 'rpbench: Interrupted before anything was measured.\n',
      })
    } finally {
      clearInterval(stays)
    }
  })

  it('costs the group nothing, whatever comes to it', async () => {
    const served = await startServe(directory)
    const run = new Tool(runOn(served, ['-d', '2s', '--json']), WITH_TOKEN)
    await served.tool.untilTaken('measured', 2)
    // Garbage, one that never speaks, one that speaks a byte at a time, one with another token.
    const garbage = await plain(served)
    garbage.write(randomBytes(100_000))
    const mute = await plain(served)
    const slow = await plain(served)
    const drip = setInterval(() => slow.write('\u{16}'), 50)
    const other = connectTls({
      ...TLS,
      host: '127.0.0.1',
      port: served.controlPort,
      pskCallback: () => ({ psk: keyOf('f'.repeat(20)), identity: 'rpbench' }),
      checkServerIdentity: () => undefined,
    })
    sockets.push(other)
    other.on('error', () => {})
    // With the token: one that says no hello, one that never ends its line, one in a version of tomorrow.
    const rude = await withToken(served)
    rude.write('{"id":1,"do":"finish"}\n')
    const endless = await withToken(served)
    endless.write('x'.repeat(100_000))
    const tomorrow = await withToken(served)
    const said = lines(tomorrow)
    tomorrow.write('{"hello":3,"tool":"9.9.9"}\n')
    await Promise.all([garbage, mute, slow, other, rude, endless, tomorrow].map(gone))
    clearInterval(drip)
    expect(said).toHaveLength(1)
    expect(JSON.parse(said[0]!)).toMatchObject({ group: { protocol: 2 } })
    const result = runResult.parse(JSON.parse((await run.ended).stdout))
    expectWholeBooks(result)
    expectWholeBooks(await measured(served))
  })

  it('is free again when a client was killed', async () => {
    const served = await startServe(directory)
    const client = new Tool(runOn(served, ['-d', '60s']), WITH_TOKEN)
    await served.tool.untilTaken('measured', 2)
    client.signal('SIGKILL')
    await client.ended
    await until('its run is over', () => served.tool.written.stderr.includes('left before its end'))
    const result = await measured(served)
    expect(result.stopped).toBeUndefined()
    expectWholeBooks(result)
  })

  it('whose server is gone in the middle leaves a result that says so, with what was measured', async () => {
    const served = await startServe(directory)
    const client = new Tool(runOn(served, ['-d', '60s', '--json']), WITH_TOKEN)
    await served.tool.untilTaken('measured', 2, 1000)
    served.tool.signal('SIGKILL')
    const { status, stdout } = await client.ended
    const result = runResult.parse(JSON.parse(stdout))
    expect(status).toBe(1)
    expect(result.failure).toMatch(/^The server at 127\.0\.0\.1:\d+ is gone: .* told last\.$/)
    expect(result.books.replied).toBeGreaterThan(0)
    expect(result.members).toHaveLength(2)
  })
})
