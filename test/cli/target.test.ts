import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mayLoadEbpf } from '../../src/steering/bpf.js'
import { PlainServer } from '../system/plain-server.js'
import { useTemporaryDirectory } from '../temporary-directory.js'
import { runTool } from './tool.js'

let directory: string
useTemporaryDirectory((made) => (directory = made))
let server: PlainServer
beforeEach(async () => {
  server = await PlainServer.start()
})
afterEach(() => server.stop())

const at = (): string => `127.0.0.1:${server.address.port}`
const SHORT = ['-f', '30', '--requests', '4', '--warmup', '0s']
/** As a user who may count nothing at the server. */
const UNCOUNTED = { unprivileged: true }
const words = (text: string): string => text.replaceAll(/\s+/g, ' ')

describe('rpbench run --target', () => {
  it('says what is not known, in text, JSON, CSV and on a page', async () => {
    const { status, stdout, stderr } = await runTool(
      ['run', '--target', at(), ...SHORT, '--interval', '100ms', '--output', directory],
      UNCOUNTED,
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const text = words(stdout)
    expect(text).toContain(`rpbench run echo ${at()} · a server that is not ours · 30 flows`)
    expect(text).toContain('balance not known the target does not tell which member answers')
    expect(text).toContain('affinity not known')
    expect(text).toMatch(/target 1 socket on its port: (process \d+ \(|a process of user id )/)
    expect(text).toContain('which of them got what was not counted')
    expect(text).toContain('a counting program is refused (EPERM)')
    expect(text).toContain("120 sent = 120 replies · the client's side: the target counts nothing for us")
    expect(text).not.toMatch(/unexplained|member +pid|undefined|NaN|Infinity|max\/mean/)
    const files = readdirSync(directory)
    const read = (ending: string): string =>
      readFileSync(
        path.join(
          directory,
          files.find((name) => name.endsWith(ending))!,
        ),
        'utf8',
      )
    const result = JSON.parse(read('.json')) as Record<string, unknown>
    expect(result).toMatchObject({ members: [], group: { membersUnknown: true } })
    expect(read('members.csv').trim().split('\n')).toHaveLength(1)
    const json = files.find((name) => name.endsWith('.json'))!
    const page = await runTool(['report', path.join(directory, json), '--format', 'html'])
    expect(page).toMatchObject({ status: 0, stderr: '' })
    expect(page.stdout).toContain('the target does not tell which member answers')
    expect(page.stdout).not.toMatch(/undefined|NaN|Infinity/)
    for (const format of ['markdown', 'csv', 'junit', 'bencher'])
      expect(await runTool(['report', path.join(directory, json), '--format', format])).toMatchObject({
        status: 0,
      })
  })

  it.skipIf(!mayLoadEbpf())('says what came to each of its sockets, where that may be counted', async () => {
    const { status, stdout } = await runTool(['run', '--target', at(), ...SHORT, '--no-save'])
    expect(status).toBe(0)
    const text = words(stdout)
    expect(text).toMatch(
      /held by read by flows packets share drops \d+ process (\d+) \(.+?\) \S+ \1 30 120 100.0 % 0 /,
    )
    expect(text).toContain('counting cost the server')
    expect(text).toContain('one member has all flows: there is nothing to spread')
    expect(text).toContain('affinity kept each of 30 flows stayed on one member')
  })

  it('is repeated and swept', async () => {
    const repeated = await runTool(
      ['run', '--target', at(), ...SHORT, '--repeat', '2', '--json', '--no-save'],
      UNCOUNTED,
    )
    expect(repeated.status).toBe(0)
    expect(JSON.parse(repeated.stdout)).not.toHaveProperty('claims')
    const swept = await runTool(
      ['sweep', '--target', at(), '-f', '10,20', ...SHORT.slice(2), '--repeat', '1', '--json', '--no-save'],
      UNCOUNTED,
    )
    expect(swept.status).toBe(0)
    const [first] = (JSON.parse(swept.stdout) as { runs: { books: object }[] }).runs
    expect(first).not.toHaveProperty('moved')
    expect(first!.books).not.toHaveProperty('unexplained')
  })

  it('is asked from no other host without a word', async () => {
    const { status, stderr } = await runTool(['run', '--target', '192.0.2.7:9'], { guarded: true })
    expect(status).toBe(2)
    expect(words(stderr)).toContain(
      '--target 192.0.2.7:9 is no address of this host: with --allow-remote, rpbench run sends there all the same',
    )
    for (const address of ['224.0.0.1', '255.255.255.255', '127.255.255.255', '[ff02::1]'])
      expect(
        await runTool(['run', '--target', `${address}:9`, '--allow-remote'], { guarded: true }),
      ).toMatchObject({ status: 2, stderr: expect.stringContaining('is not an address of one host') })
  })
})
