import { attachResult } from '../../src/result/attach-result.js'
import { books } from '../../src/result/books.js'
import { churnResult } from '../../src/result/churn-result.js'
import { listResult } from '../../src/result/headline.js'
import { predictResult } from '../../src/result/predict-result.js'
import { repeatResult } from '../../src/result/repeat-result.js'
import { runResult } from '../../src/result/run-result.js'
import { serveResult } from '../../src/result/serve-result.js'
import { sweepResult } from '../../src/result/sweep-result.js'
import { verifyResult } from '../../src/result/verify-result.js'
import type { SoakCase } from './soak-case.js'

/** What came of a case. */
export interface CaseOutcome {
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** it did not end within its bound, and was killed */
  hung: boolean
  /** signals that were delivered, and whether there were members then */
  signals: { name: NodeJS.Signals; withMembers: boolean }[]
  /** members that something was done to */
  faults: number
  /** sockets of somebody else that joined the port */
  joined: number
  /** whether any member was ever seen */
  membersSeen: boolean
  /** what was found where results go, by name */
  files: Record<string, string>
}

const COMMAND_STATUSES: Readonly<Record<string, readonly number[]>> = {
  run: [0, 2, 3],
  churn: [0, 2, 3],
  sweep: [0, 2, 3],
  verify: [0, 2, 3, 99],
  attach: [0, 2],
  serve: [0, 2],
  predict: [0, 2],
  check: [0, 2, 3, 99],
  list: [0],
  metrics: [0],
  schema: [0],
}

/** A limit under which the runtime itself cannot start: it ends with what is no status of the tool. */
function breaksTheRuntime({ limit }: SoakCase): boolean {
  return limit?.name === 'as' || (limit?.name === 'nofile' && limit.value < 40) || limit?.name === 'nproc'
}

/** What a socket of somebody else got, and took with it, nobody can count. */
const UNEXPLAINED = /\d+ datagrams unexplained$/

const CRASHES = ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGSEGV']

/** The statuses and signals that a case may end with. */
function meantEnds(soakCase: SoakCase, { signals, faults, joined }: CaseOutcome): (number | string)[] {
  if (soakCase.class === 'refused') return [2]
  const ends: (number | string)[] = [...(COMMAND_STATUSES[soakCase.words[0]!] ?? [])]
  for (const { name, withMembers } of signals) {
    if (name === 'SIGKILL' || !withMembers) ends.push(name)
    if (name !== 'SIGKILL') ends.push(130)
  }
  // One that came first has the port.
  if (faults > 0 || joined > 0 || soakCase.limit) ends.push(1)
  if (breaksTheRuntime(soakCase)) ends.push(...CRASHES, 134, 133, 132, 5, 7)
  return ends
}

/** What is wrong with how a case ended, as phrases; nothing where all is as it was meant to be. */
export function complaintsOf(soakCase: SoakCase, outcome: CaseOutcome): string[] {
  if (outcome.hung) return ['did not end']
  const { status, signal, stdout, stderr, signals } = outcome
  const end = signal ?? status!
  const complaints: string[] = []
  const meant = meantEnds(soakCase, outcome)
  if (!meant.includes(end)) complaints.push(`ended with ${end}, where ${meant.join(', ')} were meant`)
  const killed = signal !== null || breaksTheRuntime(soakCase)
  if (!killed && /^\s+at .*:\d+/m.test(stderr)) complaints.push('a stack trace on standard error')
  // The second signal ends it at once, with what it had written by then.
  const cutOff = signal !== null || signals.filter(({ name }) => name !== 'SIGKILL').length > 1
  if (status === 2 && stdout !== '') complaints.push('wrong usage, and something on standard output')
  if (status === 2 && stderr === '') complaints.push('wrong usage without a word')
  const ended = status === 0 || status === 3 || status === 99
  if (ended && stdout === '') complaints.push(`status ${status} and nothing on standard output`)
  if ((status === 1 || status === 130) && stdout === '' && stderr === '' && !cutOff)
    complaints.push(`status ${status} without a word`)
  if (stdout !== '' && !cutOff) complaints.push(...outputComplaints(soakCase, stdout))
  complaints.push(...fileComplaints(outcome, cutOff))
  return outcome.joined > 0 ? complaints.filter((one) => !UNEXPLAINED.test(one)) : complaints
}

function outputComplaints({ json, words }: SoakCase, stdout: string): string[] {
  if (!stdout.endsWith('\n')) return ['standard output does not end with a line']
  if (words[0] === 'schema' || (words[0] === 'metrics' && json))
    return typeof parsed(stdout) === 'object' ? [] : [`what ${words[0]} prints is no JSON`]
  return json ? resultComplaints(stdout, 'the result') : []
}

/** Files stand there whole, or not at all. */
function fileComplaints({ files }: CaseOutcome, cutOff: boolean): string[] {
  return Object.entries(files).flatMap(([name, text]) => {
    if (name.endsWith('.part')) return cutOff ? [] : [`${name} is left`]
    if (text === '') return [`${name} is empty`]
    if (!text.endsWith('\n')) return [`${name} does not end with a line`]
    return name.endsWith('.json') ? resultComplaints(text, name) : []
  })
}

const SCHEMAS = [
  runResult,
  churnResult,
  repeatResult,
  predictResult,
  sweepResult,
  verifyResult,
  listResult,
  attachResult,
  serveResult,
]

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is wrong with a result: not whole, not of its schema, or books that do not balance. */
function resultComplaints(text: string, what: string): string[] {
  const result = parsed(text)
  if (result === undefined) return [`${what} is no JSON`]
  if (!SCHEMAS.some((schema) => schema.safeParse(result).success)) return [`${what} is of no schema`]
  return unexplainedIn(result)
    .filter((count) => count > 0)
    .map((count) => `${what}: ${count} datagrams unexplained`)
}

/** What the books of a result, wherever they stand in it, cannot explain. */
function unexplainedIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const book = name === 'books' ? books.pick({ unexplained: true }).safeParse(inner) : undefined
    return book?.success ? [book.data.unexplained ?? 0] : unexplainedIn(inner)
  })
}
