import { execFileSync, spawn } from 'node:child_process'
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
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Beside, filled } from './company.js'
import { Disturber } from './disturber.js'
import { Enclosure } from './enclosure.js'
import { complaintsOf, type CaseOutcome } from './judgement.js'
import { Belongings, sharedMemoryNames } from './leftovers.js'
import { SAVED, type Damage, type Limit, type SoakCase, type Step } from './soak-case.js'

export interface CaseOptions {
  /** what starts the tool, before its words */
  tool: readonly string[]
  /** lists the kernel's BPF programs; undefined where that cannot be done */
  bpfList: (() => number[]) | undefined
  /** what starts it for a client of the one that is under test; `tool` where it is absent */
  client?: readonly string[]
  /** how long a case may take, ms; `verify` measures for half a minute */
  boundMs?: number
  /** how long what the tool started may outlive it, ms: a process that lost its parent is ended by the kernel */
  outliveMs?: number
}

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
  readonly #boundMs: number
  readonly #outliveMs: number
  #disturber: Disturber | undefined
  #beside: Beside | undefined
  /** a saved file that somebody else has spoilt */
  #damaged: string | undefined
  #closed = false

  constructor(
    readonly soakCase: SoakCase,
    readonly options: CaseOptions,
  ) {
    this.#boundMs = options.boundMs ?? 90_000
    this.#outliveMs = options.outliveMs ?? 5000
    this.#enclosure = Enclosure.open(`rpbench-soak-${process.pid}-${soakCase.number}`)
    this.#belongings = new Belongings(readlinkSync('/proc/self/ns/net'), options.bpfList)
    for (const name of ['results', 'tmp']) mkdirSync(path.join(this.#folder, name))
    for (const name of ['', 'results', 'tmp']) chmodSync(path.join(this.#folder, name), 0o777)
  }

  /** Runs it to its end and cleans up. @returns what was wrong, how it ended, and the last of what the tool said */
  async complaints(): Promise<{ complaints: string[]; end: string; said: string }> {
    try {
      const { before } = this.soakCase
      const complaints: string[] = []
      if (before) {
        const earlier = { ...this.soakCase, ...before, json: false, saves: true }
        const outcome = await this.#run(earlier, earlier)
        complaints.push(...complaintsOf(earlier, outcome).map((what) => `before: ${what}`))
        this.#damage(before.damage)
      }
      const { company } = this.soakCase
      if (company)
        this.#beside = await Beside.start(company, this.#folder, this.options.client ?? this.options.tool)
      const outcome = await this.#run(this.soakCase, this.soakCase)
      const onGroup = await this.#leftOnGroup(outcome)
      await this.#beside?.end()
      complaints.push(...onGroup, ...(this.#beside?.complaints ?? []))
      if (this.#closed) return { complaints: [], end: 'interrupted', said: '' }
      const left = await this.#leftovers(outcome)
      complaints.push(...complaintsOf(this.soakCase, outcome), ...left.map((what) => `left: ${what}`))
      const end = `${outcome.signal ?? outcome.status}, ${outcome.signals.length} signals, ${outcome.faults} faults`
      return { complaints, end, said: outcome.stderr.slice(-1000) }
    } finally {
      await this.close()
    }
  }

  async #run({ words, disturbances }: Step, how: SoakCase): Promise<CaseOutcome> {
    const outcome: CaseOutcome = {
      status: null,
      signal: null,
      stdout: '',
      stderr: '',
      hung: false,
      signals: [],
      faults: 0,
      joined: 0,
      membersSeen: false,
      files: {},
    }
    const command = this.#command(words, how)
    const child = spawn('sh', ['-c', `${this.#enclosure.entering}; exec "$@"`, 'sh', ...command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: this.#folder, TMPDIR: path.join(this.#folder, 'tmp') },
      cwd: this.#folder,
    })
    this.#enclosure.session = child.pid!
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (outcome[name] += text))
    // A stray descendant may hold the pipes: what counts is that the tool itself has ended.
    const exited = once(child, 'exit')
    const closed = once(child, 'close')
    const began = performance.now()
    const disturber = new Disturber(disturbances, child.pid!, this.#enclosure, outcome, this.#beside)
    this.#disturber = disturber
    while (child.exitCode === null && child.signalCode === null) {
      const ms = performance.now() - began
      for (const pid of this.#enclosure.pids()) this.#belongings.look(pid)
      disturber.step(ms)
      if (ms > this.#boundMs) {
        outcome.hung = true
        disturber.end()
        await this.#enclosure.clear()
      }
      await Promise.race([exited, delay(LOOK_MS)])
    }
    outcome.status = child.exitCode
    outcome.signal = child.signalCode
    disturber.end()
    await Promise.race([closed, delay(this.#outliveMs)])
    this.#readFiles(outcome)
    return outcome
  }

  get #results(): string {
    return path.join(this.#folder, 'results')
  }

  #command(words: readonly string[], { json, saves, limit }: SoakCase): string[] {
    const saved = this.#savedFile() ?? path.join(this.#results, 'nothing.json')
    const where = saves ? ['-o', this.#results] : []
    return [
      ...limiting(limit, this.#results),
      ...this.options.tool,
      ...filled(words, this.#beside).map((word) => (word === SAVED ? saved : word)),
      ...where,
      ...(json ? ['--json'] : []),
    ]
  }

  #savedFile(): string | undefined {
    const name = readdirSync(this.#results).find((file) => file.endsWith('.json'))
    return name === undefined ? undefined : path.join(this.#results, name)
  }

  #damage(damage: Damage): void {
    const file = this.#savedFile()
    if (file === undefined || damage === 'none') return
    this.#damaged = path.basename(file)
    if (damage === 'empty') writeFileSync(file, '')
    else if (damage === 'cut') truncateSync(file, Math.floor(statSync(file).size / 2))
    else if (damage === 'other') writeFileSync(file, '{"schema":"other@1"}\n')
    else rmSync(file)
    if (damage === 'pipe') execFileSync('mkfifo', [file])
  }

  #readFiles(outcome: CaseOutcome): void {
    for (const name of readdirSync(this.#results))
      if (name !== this.#damaged) outcome.files[name] = readFileSync(path.join(this.#results, name), 'utf8')
  }

  /** What it has left on the sockets of others, while these are there: nothing, unless it was killed. */
  async #leftOnGroup({ signal }: CaseOutcome): Promise<string[]> {
    if (this.soakCase.company?.kind !== 'group' || signal !== null) return []
    const programs = await this.#belongings.leftPrograms(this.#outliveMs)
    return programs.map((what) => `left on the group: ${what}`)
  }

  /** What the tool has left behind, as phrases. */
  async #leftovers({ stdout }: CaseOutcome): Promise<string[]> {
    const end = performance.now() + this.#outliveMs
    while (this.#enclosure.pids().length > 0 && performance.now() < end) await delay(LOOK_MS)
    const processes = (await this.#enclosure.clear()).map((process) => `process ${process}`)
    const port = /"port": ?(\d+)/.exec(stdout)?.[1]
    const named = [...sharedMemoryNames()].filter((name) => !this.#shared.has(name))
    return [
      ...processes,
      ...(await this.#belongings.left(port === undefined ? undefined : Number(port), this.#outliveMs)),
      ...named.map((name) => `shared memory ${name}`),
      ...readdirSync(path.join(this.#folder, 'tmp')).map((name) => `temporary file ${name}`),
    ]
  }

  /** Ends all that runs and removes what was made for it. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    this.#disturber?.end()
    await this.#beside?.end()
    await this.#enclosure.clear()
    await this.#enclosure.close()
    if (existsSync(this.#folder)) rmSync(this.#folder, { recursive: true })
  }
}

/** What starts a command under a limit. */
function limiting(limit: Limit | undefined, results: string): string[] {
  if (limit === undefined) return []
  const { name, value } = limit
  if (name === 'disk')
    return [
      'unshare',
      '--mount',
      'sh',
      '-c',
      `mount -t tmpfs -o mode=777,size=${value}k tmpfs '${results}' && exec "$@"`,
      'sh',
    ]
  const asOther = name === 'nproc' || name === 'memlock'
  return [...(asOther ? OTHER_USER : []), 'prlimit', `--${name}=${value}:${value}`]
}
