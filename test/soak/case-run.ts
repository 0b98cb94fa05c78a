import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CLI } from '../bench/processes.js'
import { Enclosure } from './enclosure.js'
import { complaintsOf, type CaseOutcome } from './judgement.js'
import { Belongings, sharedMemoryNames } from './leftovers.js'
import type { Disturbance, Limit, SoakCase } from './soak-case.js'

/** How long a case may take; `verify` measures for half a minute. */
const BOUND_MS = 90_000
/** How long what the tool started may outlive it: a process that lost its parent is ended by the kernel. */
const OUTLIVE_MS = 5000
const LOOK_MS = 15
/** Nobody: root has no limit of processes. */
export const OTHER_USER = [
  'setpriv',
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--inh-caps=-all',
] as const

/** One case while it runs. */
export class CaseRun {
  readonly #enclosure: Enclosure
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'rpbench-soak-'))
  readonly #belongings: Belongings
  readonly #shared = sharedMemoryNames()
  readonly #outcome: CaseOutcome = {
    status: null,
    signal: null,
    stdout: '',
    stderr: '',
    hung: false,
    signals: [],
    faults: 0,
    membersSeen: false,
    files: {},
  }
  /** what undoes what was done to members, with its time */
  #undo: { atMs: number; undo: () => void }[] = []
  #membersAtMs: number | undefined
  #closed = false

  constructor(
    readonly soakCase: SoakCase,
    bpfList: (() => number[]) | undefined,
  ) {
    this.#enclosure = Enclosure.open(`rpbench-soak-${process.pid}-${soakCase.number}`)
    this.#belongings = new Belongings(readlinkSync('/proc/self/ns/net'), bpfList)
    for (const name of ['results', 'tmp']) mkdirSync(path.join(this.#folder, name))
    for (const name of ['', 'results', 'tmp']) chmodSync(path.join(this.#folder, name), 0o777)
  }

  /** Runs it to its end and cleans up. @returns what was wrong, how it ended, and the last of what the tool said */
  async complaints(): Promise<{ complaints: string[]; end: string; said: string }> {
    try {
      await this.#run()
      if (this.#closed) return { complaints: [], end: 'interrupted', said: '' }
      const outcome = this.#outcome
      this.#readFiles()
      const left = await this.#leftovers()
      const complaints = [...complaintsOf(this.soakCase, outcome), ...left.map((what) => `left: ${what}`)]
      const end = `${outcome.signal ?? outcome.status}, ${outcome.signals.length} signals, ${outcome.faults} faults`
      return { complaints, end, said: outcome.stderr.slice(-1000) }
    } finally {
      await this.close()
    }
  }

  async #run(): Promise<void> {
    const { soakCase } = this
    const child = spawn('sh', ['-c', `${this.#enclosure.entering}; exec "$@"`, 'sh', ...this.#command()], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: this.#folder, TMPDIR: path.join(this.#folder, 'tmp') },
      cwd: this.#folder,
    })
    this.#enclosure.session = child.pid!
    const outcome = this.#outcome
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (outcome[name] += text))
    // A stray descendant may hold the pipes: what counts is that the tool itself has ended.
    const exited = once(child, 'exit')
    const closed = once(child, 'close')
    const began = performance.now()
    const waiting = [...soakCase.disturbances]
    while (child.exitCode === null && child.signalCode === null) {
      const ms = performance.now() - began
      this.#look(ms)
      this.#undoUntil(ms)
      for (const disturbance of waiting.filter((one) => this.#isDue(one, ms)))
        if (this.#disturb(disturbance, child.pid!, ms)) waiting.splice(waiting.indexOf(disturbance), 1)
      if (ms > BOUND_MS) {
        outcome.hung = true
        this.#undoUntil(Infinity)
        await this.#enclosure.clear()
      }
      await Promise.race([exited, delay(LOOK_MS)])
    }
    outcome.status = child.exitCode
    outcome.signal = child.signalCode
    this.#undoUntil(Infinity)
    await Promise.race([closed, delay(OUTLIVE_MS)])
  }

  #command(): string[] {
    const { words, json, saves, limit } = this.soakCase
    const where = saves ? ['-o', path.join(this.#folder, 'results')] : []
    return [...limiting(limit), process.execPath, CLI, ...words, ...where, ...(json ? ['--json'] : [])]
  }

  #look(ms: number): void {
    const pids = this.#enclosure.pids()
    for (const pid of pids) this.#belongings.look(pid)
    if (this.#membersAtMs === undefined && this.#enclosure.members().length > 0) {
      this.#membersAtMs = ms
      this.#outcome.membersSeen = true
    }
  }

  #isDue({ at }: Disturbance, ms: number): boolean {
    const from = at.after === 'start' ? 0 : this.#membersAtMs
    return from !== undefined && ms >= from + at.ms
  }

  /** @returns whether it was done, or is not to be tried again */
  #disturb(disturbance: Disturbance, pid: number, ms: number): boolean {
    const members = this.#enclosure.members()
    if (disturbance.kind === 'signal') {
      if (send(pid, disturbance.name))
        this.#outcome.signals.push({ name: disturbance.name, withMembers: members.length > 0 })
      return true
    }
    const member = members[disturbance.which % members.length]
    if (member === undefined) return false
    const { fault, forMs } = disturbance
    if (fault === 'freeze') {
      const thaw = this.#enclosure.freeze(member)
      if (thaw === undefined) return true
      this.#undo.push({ atMs: Infinity, undo: thaw })
    } else if (!send(member, fault === 'kill' ? 'SIGKILL' : 'SIGSTOP')) return true
    if (fault === 'stop-continue')
      this.#undo.push({ atMs: ms + forMs, undo: () => void send(member, 'SIGCONT') })
    this.#outcome.faults++
    return true
  }

  #undoUntil(ms: number): void {
    const due = this.#undo.filter(({ atMs }) => atMs <= ms)
    this.#undo = this.#undo.filter(({ atMs }) => atMs > ms)
    for (const { undo } of due) undo()
  }

  #readFiles(): void {
    const results = path.join(this.#folder, 'results')
    for (const name of readdirSync(results))
      this.#outcome.files[name] = readFileSync(path.join(results, name), 'utf8')
  }

  /** What the tool has left behind, as phrases. */
  async #leftovers(): Promise<string[]> {
    const end = performance.now() + OUTLIVE_MS
    while (this.#enclosure.pids().length > 0 && performance.now() < end) await delay(LOOK_MS)
    const processes = (await this.#enclosure.clear()).map((process) => `process ${process}`)
    const port = /"port": ?(\d+)/.exec(this.#outcome.stdout)?.[1]
    const named = [...sharedMemoryNames()].filter((name) => !this.#shared.has(name))
    return [
      ...processes,
      ...(await this.#belongings.left(port === undefined ? undefined : Number(port))),
      ...named.map((name) => `shared memory ${name}`),
      ...readdirSync(path.join(this.#folder, 'tmp')).map((name) => `temporary file ${name}`),
    ]
  }

  /** Ends all that runs and removes what was made for it. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    this.#undoUntil(Infinity)
    await this.#enclosure.clear()
    await this.#enclosure.close()
    if (existsSync(this.#folder)) rmSync(this.#folder, { recursive: true })
  }
}

function send(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false // it has ended
  }
}

/** What starts a command under a limit. */
function limiting(limit: Limit | undefined): string[] {
  if (limit === undefined) return []
  const { name, value } = limit
  return [...(name === 'nproc' ? OTHER_USER : []), 'prlimit', `--${name}=${value}:${value}`]
}
