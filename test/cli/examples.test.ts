import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createServer as createWebServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allCommands } from '../../src/docs/all-commands.js'
import { CLI, runTool } from './tool.js'

/** Values of an example that would take long, and shorter ones; nothing else of it is changed. */
const SHORTER: readonly [RegExp, string][] = [
  [/(?<=--run ')-p 4 -d 1s/g, '-p 2 -f 100 -d 50ms --warmup 0s'],
  [/(?<=-d )\d+s/g, '100ms'],
  [/(?<=-f )100k/g, '10k'],
  [/(?<=-f )300(?= -r 1000)/g, '20'],
  [/(?<=--interval )\d+s/g, '100ms'],
  [/(?<=--repeat )\d\d/g, '6'],
  [/(?<=--repeat )5/g, '1'],
  [/10k\.\.100k\/10k/g, '10k..20k/10k'],
  [/1k,10k/g, '100,200'],
  // Beside the others, which count there, it would tell that they do.
  [/(?<=attach --port )\d+(?= --detach)/g, '1'],
  [/(?<=attach --port )\d\d+/g, '$WATCHED_PORT'],
  [/(?<=--target )127\.0\.0\.1:80\b/g, '127.0.0.1:$HTTP_PORT'],
  [/(?<=serve .*--port )9000/g, '0'],
  [/(?<=--duration )60s/g, '300ms'],
  [/(?<=--pid )4711/g, String(process.pid)],
  [/(?<=--procs )1,2,4(,8)?/g, '1,2'],
]

/** What the examples of a command get in addition, unless they have what excludes it. */
const ADDED: readonly [command: RegExp, unless: RegExp, flags: string][] = [
  [/^run$/, /-d |--requests/, '--duration 100ms'],
  [/^(run|churn)$/, /--warmup/, '--warmup 0s'],
  [/^churn$/, /--flows|-f /, '--flows 50'],
  [/^churn$/, /--change/, '--change 200ms:add'],
  [/^sweep$/, /--resume/, '--duration 50ms --warmup 0s'],
  [/^sweep$/, /--resume|--find|--repeat/, '--repeat 1'],
  [/^sweep$/, /--resume|--flows|--rate/, '--rate 1k..2k --goal-width 50% --flows 100'],
  [/^verify$/, /--flows/, '--flows 100'],
  // test/cli/verify.test.ts puts all of them to the test.
  [/^verify$/, /--claim/, '--claim churn'],
  [/^attach$/, /-d |--detach/, '--duration 300ms'],
  [/^serve$/, /--duration/, '--duration 300ms'],
  [/^compare$/, /results|base/, '--metric rate.roundTrips'],
  [/^compare$/, /results|base|--repeat/, '--repeat 6'],
]

/** Good; no verdict, since the host is busy; a limit that this host does not keep: each is what a command is for. */
const DONE = [0, 3, 99]

const EXAMPLES = (await allCommands()).flatMap(({ name, examples }) =>
  examples.map(({ command }) => [command, name] as const),
)

let directory: string
/** What `attach` watches: a server that is not ours. */
const watched = { listener: createServer(), socket: createSocket('udp4') }
let watchedPort: number
/** What `run --protocol http` asks. */
const web = createWebServer((_request, response) => response.end('hello'))

beforeAll(async () => {
  await once(watched.listener.listen(0, '127.0.0.1'), 'listening')
  watchedPort = (watched.listener.address() as AddressInfo).port
  await once(web.listen(0, '127.0.0.1'), 'listening')
  watched.socket.bind(watchedPort, '127.0.0.1')
  await once(watched.socket, 'listening')
  directory = await mkdtemp(join(tmpdir(), 'rpbench-examples-'))
  const saved = join(directory, 'results')
  await cp('results/reference', join(saved, 'reference'), { recursive: true })
  await cp('results/reference/run.json', join(saved, '20261122T101300Z-run.json'))
  await writeFile(join(directory, 'token'), '0123456789abcdef')
  const runs = 'run -p 2 -f 100 --rate 5k --duration 50ms --repeat 6'
  const measured = [
    `${runs} -o ${saved}/base`,
    `${runs} -o ${saved}/new`,
    `sweep -p 1 -f 100 --requests 5 --repeat 1 -o ${saved}/sweep`,
    ...[1, 2].map(
      (part) => `run -p 2 -f 100 --rate 5k --duration 50ms --seed 7 --shard ${part}/2 -o ${directory}/parts`,
    ),
  ]
  await Promise.all(measured.map((args) => runTool([...args.split(' '), '--warmup', '0s', '--quiet'])))
  for (const side of ['base', 'new']) await cp(join(saved, side), join(directory, side), { recursive: true })
  const sweep = (await readdir(join(saved, 'sweep'))).find((name) => name.endsWith('.json'))!
  await rename(join(saved, 'sweep', sweep), join(saved, '20261122T101300Z-sweep.json'))
})

afterAll(async () => {
  watched.listener.close()
  web.close()
  watched.socket.close()
  await rm(directory, { recursive: true, force: true })
})

function shortened(example: string, name: string): { example: string; added: string } {
  // A change comes after a time in which each flow was seen.
  const sooner = example.replaceAll(/(?<=--change '?)\d(?=s:)/g, (seconds) => String(Number(seconds) / 5))
  return {
    example: SHORTER.reduce((line, [long, short]) => line.replaceAll(long, short), sooner),
    added: ADDED.filter(([command, unless]) => command.test(name) && !unless.test(example))
      .map(([, , flags]) => flags)
      .join(' '),
  }
}

/** Types it as a user would, with the tool installed. */
async function typed(example: string, added: string): Promise<{ status: number; said: string }> {
  const start = `rpbench() { "$NODE" "$CLI" "$@" ${added}; }; command -v jq > /dev/null || jq() { cat; }`
  const child = spawn('bash', ['-o', 'pipefail', '-c', `${start}\n${example}`], {
    cwd: directory,
    env: {
      ...process.env,
      HOME: directory,
      NODE: process.execPath,
      CLI,
      WATCHED_PORT: String(watchedPort),
      HTTP_PORT: String((web.address() as AddressInfo).port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ])
  return { status, said: stderr + stdout }
}

describe.concurrent('an example of the help does what it says', () => {
  it.each(EXAMPLES)('%s', async (line, name) => {
    const { example, added } = shortened(line, name)
    const { status, said } = await typed(example, added)
    const refused = process.getuid?.() !== 0 && /needs? .*(CAP_BPF|eBPF)/.test(said)
    expect({ example, added, said, status: refused ? 0 : status }).toMatchObject({
      status: expect.toBeOneOf(DONE) as number,
    })
  })
})
