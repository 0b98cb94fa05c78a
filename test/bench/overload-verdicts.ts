import { parseArgs } from 'node:util'
import { cpusAllowed } from '../../src/host/cpu-time.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import type { RunResult } from '../../src/result/run-result.js'
import { startBusyNeighbours } from '../system/busy-neighbours.js'
import { measure } from '../system/experiment.js'
import { whileGroupsAreSkewed } from '../system/skewed-group.js'

/**
 * Injects one cause at a time and counts what runs say of it: how far the verdicts of `overload` and `balance` can be
 * trusted on this machine. Nothing else should run on it.
 *
 *     node dist/test/bench/overload-verdicts.js --runs 30 [--cases sleep,zipf]
 *
 * Cases take turns, so that what else the machine does meets all alike. Each run has fresh processes, ports and seed.
 */

const SECOND = 1e9
const SLEEPERS: RunRequest = {
  procs: 4,
  flows: 2000,
  serviceTimeNs: 2e6,
  serviceKind: 'sleep',
  durationNs: SECOND,
  warmupNs: 50e6,
  timeoutNs: 0.7 * SECOND,
}
/** Twice what they can do. */
const SLEEPING: RunRequest = { ...SLEEPERS, rateHz: 4000 }
const COMPUTING: RunRequest = { ...SLEEPING, serviceTimeNs: 300e3, serviceKind: 'cpu', rateHz: 8000 }

interface Case {
  what: string
  request: RunRequest
  /** verdicts of `overload` that name what was injected, and the members that it should name */
  right: readonly string[]
  members?: readonly number[]
  around?: <T>(use: () => Promise<T>) => Promise<T>
}

const [one = 0, other = 1] = cpusAllowed()

async function besideABusyProcess<T>(use: () => Promise<T>): Promise<T> {
  const neighbours = await startBusyNeighbours(one, 1)
  try {
    return await use()
  } finally {
    await neighbours.stop()
  }
}

const CASES: Readonly<Record<string, Case>> = {
  sleep: { what: 'nothing: members sleep', request: SLEEPING, right: ['even'] },
  closed: {
    what: 'nothing: closed loop, all flows at once',
    request: { ...SLEEPERS, inFlight: 2000, durationNs: 1.5 * SECOND, timeoutNs: 3 * SECOND },
    right: ['even'],
  },
  cpu: { what: 'nothing: members compute, 4 and the client on 2 CPUs', request: COMPUTING, right: ['even'] },
  hash: {
    what: 'a program that gives one member 31 % of the ports',
    request: SLEEPING,
    right: ['hash'],
    around: whileGroupsAreSkewed,
  },
  zipf: { what: '`--weights zipf:1.2`', request: { ...SLEEPING, weights: 'zipf:1.2' }, right: ['weights'] },
  slow: {
    what: '`--slow-member 2:3200us` (1.6 times), sleep',
    request: { ...SLEEPING, slowMember: { index: 2, serviceTimeNs: 3.2e6 } },
    right: ['slow-member'],
    members: [2],
  },
  'slow-cpu': {
    what: '`--slow-member 2:1200us` (4 times), cpu',
    request: { ...COMPUTING, slowMember: { index: 2, serviceTimeNs: 1.2e6 } },
    right: ['slow-member'],
    members: [2],
  },
  pinned: {
    what: '`--pin-members 0,0,0,1`, cpu',
    request: { ...COMPUTING, pinMembers: [one, one, one, other], pinWorkers: [other] },
    right: ['scheduler'],
    members: [0, 1, 2],
  },
  neighbour: {
    what: 'a process that spins beside member 0 of 2, cpu',
    request: { ...COMPUTING, procs: 2, pinMembers: [one, other] },
    right: ['scheduler'],
    members: [0],
    around: besideABusyProcess,
  },
}

/** What a run is counted as: its verdict, with the members where they are not those that were meant. */
function verdictOf({ members }: Case, { imbalance }: RunResult): string {
  const { verdict, causes } = imbalance!
  const named = causes[0]?.members ?? []
  const elsewhere = members !== undefined && causes.length === 1 && String(named) !== String(members)
  return elsewhere && verdict !== 'unexplained' ? `${verdict} at ${named.join(' ')}` : verdict
}

/** `even`, `unexplained` and a right cause accuse nobody wrongly; anything else does. */
function isWrong({ right }: Case, said: string): boolean {
  if (said === 'even' || said === 'unexplained' || said === 'few-flows') return false
  return !right.includes(said)
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const descending = [...counts].toSorted((a, b) => b[1] - a[1])
  return descending.map(([word, count]) => `\`${word}\` ${count}`).join(', ')
}

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '30' }, cases: { type: 'string' } },
})
const names = values.cases?.split(',') ?? Object.keys(CASES)
const said = new Map(names.map((name) => [name, { overload: [] as string[], balance: [] as string[] }]))
for (let run = 0; run < Number(values.runs); run++)
  for (const name of names) {
    const injected = CASES[name]
    if (injected === undefined) throw new Error(`${name} is no case: ${Object.keys(CASES).join(', ')}`)
    const request = { ...injected.request, seed: 1 + Math.floor(Math.random() * 2 ** 31) }
    const use = async (): Promise<RunResult> => (await measure(request)).result
    const result = await (injected.around ?? ((plain) => plain()))(use)
    said.get(name)!.overload.push(verdictOf(injected, result))
    said.get(name)!.balance.push(result.balance?.verdict ?? 'none')
    process.stderr.write('.')
  }
process.stderr.write('\n')

console.log('| injected | runs | overload says | wrong cause | balance says |')
console.log('| --- | --- | --- | --- | --- |')
for (const [name, { overload, balance }] of said) {
  const injected = CASES[name]!
  const wrong = overload.filter((word) => isWrong(injected, word)).length
  console.log(`| ${injected.what} | ${overload.length} | ${tally(overload)} | ${wrong} | ${tally(balance)} |`)
}
