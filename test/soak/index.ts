import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { CLI } from '../bench/processes.js'
import { CaseRun, OTHER_USER } from './case-run.js'
import { compileBpfList } from './leftovers.js'
import { drawCase } from './draw-case.js'
import { CASE_CLASSES, replayCommand, type Means, type SoakCase } from './soak-case.js'

/**
 * Runs the built tool with random commands under random signals, faults of its members and limits, and holds how each
 * ended against what was done to it. Verdicts on measurements are not asserted: the machine may be busy.
 *
 *     npm run soak -- [--seconds 600] [--seed N] [--only K]
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
  },
})
const [seconds, seed] = [Number(values.seconds), Number(values.seed)]
const only = values.only === undefined ? undefined : Number(values.only)
if (![seconds, seed, only ?? 0].every((number) => Number.isFinite(number) && number >= 0))
  throw new Error('--seconds, --seed and --only take numbers')

const tally = new Map(CASE_CLASSES.map((name) => [name, { cases: 0, failed: 0 }]))
const bpfList = compileBpfList()
const means: Means = {
  otherUser: mayRunAsNobody(),
  mounts: spawnSync('unshare', ['--mount', 'true']).status === 0,
}
const began = performance.now()
let current: CaseRun | undefined
const interrupt = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    interrupt.abort()
    void current?.close()
  })

if (only !== undefined) await runOne(drawCase(seed, only, means), true)
else
  for (let number = 0; !interrupt.signal.aborted && elapsedS() < seconds; number++)
    await runOne(drawCase(seed, number, means), false)
report()

/** Whether a process of another user may be started that can read the tool. */
function mayRunAsNobody(): boolean {
  const [file, ...words] = OTHER_USER
  return spawnSync(file, [...words, process.execPath, CLI, '--version']).status === 0
}

function elapsedS(): number {
  return (performance.now() - began) / 1000
}

async function runOne(soakCase: SoakCase, loud: boolean): Promise<void> {
  if (loud) console.log(JSON.stringify(soakCase, undefined, 2))
  current = new CaseRun(soakCase, { tool: [process.execPath, CLI], bpfList })
  const { complaints, end, said } = await current.complaints()
  if (interrupt.signal.aborted) return
  const counts = tally.get(soakCase.class)!
  counts.cases++
  if (loud) console.log(`ended with ${end}\n${said}`)
  if (complaints.length === 0) return
  counts.failed++
  console.log(`case ${soakCase.number} (${soakCase.class}): rpbench ${soakCase.words.join(' ')}`)
  const { disturbances, limit, before } = soakCase
  console.log(`    ${JSON.stringify({ disturbances, limit, before })}`)
  console.log(`    ended with ${end}`)
  for (const complaint of complaints) console.log(`    ${complaint}`)
  if (said !== '' && !loud) console.log(`    it said: ${said.trim().split('\n').slice(-3).join(' | ')}`)
  console.log(`    again: ${replayCommand(soakCase)}`)
}

function report(): void {
  for (const [name, { cases, failed }] of tally)
    console.log(`${name.padEnd(14)} ${String(cases).padStart(5)} cases ${String(failed).padStart(4)} failed`)
  const all = [...tally.values()]
  const [cases, failed] = [sum(all.map((one) => one.cases)), sum(all.map((one) => one.failed))]
  const interrupted = interrupt.signal.aborted
  const how = interrupted ? 'interrupted' : failed > 0 ? 'FAILED' : 'passed'
  console.log(`soak ${how}: seed ${seed}, ${cases} cases, ${failed} failed, ${Math.round(elapsedS())} s`)
  process.exitCode = interrupted ? 130 : failed > 0 ? 1 : 0
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
