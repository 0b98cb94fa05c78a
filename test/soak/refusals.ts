import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { CLI } from '../bench/processes.js'
import { CaseRun } from './case-run.js'
import { Beside, filled, PORT, TOKEN_FILE } from './company.js'
import { ROOT } from './root.js'
import type { Company, Moment, SoakCase } from './soak-case.js'

/**
 * Refuses each system call that a command makes, one at a time, from its start or from its middle on, and tells what does not
 * end as it should: with its result, or with one sentence and its exit status, in time, and with nothing left. As root, with
 * strace.
 *
 *     npm run refusals -- [--commands run,churn,sweep,attach,serve] [--errors EPERM,ENOSYS] [--when start,middle] [--calls NAME,NAME]
 */
const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: 'run,churn,sweep,attach,serve' },
    errors: { type: 'string', default: 'EPERM,ENOSYS' },
    when: { type: 'string', default: 'start,middle' },
    calls: { type: 'string' },
  },
})

const COMMANDS: Readonly<Record<string, string>> = {
  run: 'run -p 2 -f 50 -r 1k -d 1500ms --warmup 100ms --timeout 500ms',
  churn: 'churn -p 2 -f 50 -r 1k --warmup 100ms --timeout 500ms --change 800ms:add --change 1200ms:remove:0',
  attach: `attach --port ${PORT} --udp -d 2s`,
  serve: `serve -p 2 --port 27001 --control-port 27002 --token-file ${TOKEN_FILE} -d 3s`,
  sweep: 'sweep -p 1,2 -f 50 -r 1k -d 500ms --warmup 100ms --timeout 500ms --repeat 1',
}
/** Who is there beside a command. */
const COMPANY: Readonly<Record<string, Company>> = {
  attach: { kind: 'group', protocol: 'udp', procs: 2 },
  serve: { kind: 'client', port: 27_001, controlPort: 27_002 },
}
const WRAPPER = path.join(ROOT, 'test/without-system-calls.py')
const BOUND_MS = 30_000
/** Somebody who looks on sees members come up within this. */
const MIDDLE: Moment = { after: 'members', ms: 600 }
/** A group of others is there before. */
const WATCHING: Moment = { after: 'start', ms: 2000 }

const folder = mkdtempSync(path.join(tmpdir(), 'rpbench-refusals-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const TOOL = [process.execPath, CLI]
/** What is saved has no place of its own for a case here; serve saves nothing. */
const savingOf = (words: readonly string[]): string[] => (words[0] === 'serve' ? [] : ['--no-save'])

/** The names of the calls that a command makes, with its members and threads. */
async function callsOf(words: readonly string[]): Promise<string[]> {
  const file = path.join(folder, 'calls')
  const company = COMPANY[words[0]!]
  const beside = company && (await Beside.start(company, folder, TOOL))
  const command = [...TOOL, ...filled(words, beside), ...savingOf(words), '-q']
  const traced = spawn('strace', ['-f', '-c', '-o', file, ...command])
  await once(traced, 'exit')
  await beside?.end()
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => /^ *[\d.]+ .* (\w+)$/.exec(line)?.[1] ?? [])
    .filter((name) => name !== 'total')
}

/** Whether Node itself starts without it; if not, nothing of ours has a say. */
function nodeStartsWithout(call: string, error: string): boolean {
  const args = [WRAPPER, '--error', error, call, process.execPath, '-e', 'setTimeout(() => {}, 10)']
  return spawnSync('python3', args, { timeout: 10_000 }).status === 0
}

let [number, bad] = [0, 0]

async function refuse(words: readonly string[], call: string, error: string, when: string): Promise<void> {
  const file = path.join(folder, `once-${number}`)
  const middle = when === 'middle'
  const soakCase: SoakCase = {
    seed: 0,
    number: number++,
    class: 'limits',
    words: [...words, '-q'],
    json: false,
    saves: words[0] !== 'serve',
    disturbances: middle ? [{ kind: 'file', at: words[0] === 'attach' ? WATCHING : MIDDLE, file }] : [],
    ...(COMPANY[words[0]!] && { company: COMPANY[words[0]!]! }),
  }
  const tool = ['python3', WRAPPER, '--error', error, ...(middle ? ['--once', file] : []), call]
  const { complaints, end, said } = await new CaseRun(soakCase, {
    tool: [...tool, ...TOOL],
    client: TOOL,
    bpfList: undefined,
    boundMs: BOUND_MS,
  }).complaints()
  // Node's own end of itself is no matter of ours; what it leaves then is.
  const wrong = complaints.filter((complaint) => !/^ended with ([12]|SIGABRT|SIGSEGV), /.test(complaint))
  const others = said.split('\n').filter((line) => line !== '' && !line.startsWith('rpbench: '))
  if (others.length > 0) wrong.push(`said: ${others.slice(0, 2).join(' | ')}`)
  if (said.split('\n').length > 2) wrong.push('more than one sentence')
  const name = `${words[0]} without ${call} (${error}) from its ${when} on`
  console.log(
    `${wrong.length === 0 ? 'good' : 'BAD '} ${name}: ended with ${end.split(',')[0]}; ${said.trim()}`,
  )
  for (const complaint of wrong) console.log(`       ${complaint}`)
  if (wrong.length > 0) bad++
}

for (const command of values.commands.split(',')) {
  const words = COMMANDS[command]!.split(' ')
  for (const call of values.calls?.split(',') ?? (await callsOf(words)))
    for (const error of values.errors.split(',')) {
      if (!nodeStartsWithout(call, error)) {
        console.log(`     ${command} without ${call} (${error}): Node itself does not start`)
        continue
      }
      for (const when of values.when.split(',')) await refuse(words, call, error, when)
    }
}
console.log(`${number} tried, ${bad} bad`)
process.exitCode = bad > 0 ? 1 : 0
