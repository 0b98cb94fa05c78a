import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MemberMemory } from '../system/member-memory.js'
import { membersOf, until } from '../system/process-table.js'

export const CLI = fileURLToPath(new URL('../../dist/bundle/rpbench.cjs', import.meta.url))

const NO_PROCESSES = fileURLToPath(new URL('no-processes.cjs', import.meta.url))

const NO_CAPABILITIES = ['setpriv', '--inh-caps=-all', '--bounding-set=-all']

/** What was said on standard error but for lines of progress, which come where something takes over ten seconds here. */
export const withoutProgress = (stderr: string): string =>
  stderr.replaceAll(/^.+ · \d+ % · [\d.]+ (?:s|min|h) left.*\n/gm, '')

export interface Outcome {
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  /** without progress */
  stderr: string
}

export interface ToolOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** a soft and hard limit of open files */
  openFiles?: number
  /** without any capability, as everybody has it but root */
  unprivileged?: boolean
  /** it fails loudly if it starts a process or a thread */
  guarded?: boolean
  /** what starts it, such as taskset with its arguments */
  under?: readonly string[]
}

/** The built tool, running as a user would run it with its output in pipes. */
export class Tool {
  static readonly #started = new Set<Tool>()
  readonly ended: Promise<Outcome>
  readonly #child: ChildProcess
  readonly #text = { stdout: '', stderr: '' }

  constructor(
    args: readonly string[],
    { env = {}, cwd, openFiles, unprivileged, guarded, under = [] }: ToolOptions = {},
  ) {
    const command = [...under, ...(unprivileged ? NO_CAPABILITIES : []), process.execPath, CLI, ...args]
    const [file, ...rest] =
      openFiles === undefined
        ? command
        : ['bash', '-c', `ulimit -n ${openFiles} && exec "$@"`, 'bash', ...command]
    const child = spawn(file!, rest, {
      // A group of its own, so that a Ctrl-C can go to all of it, as a terminal sends it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(guarded && { NODE_OPTIONS: `--require ${NO_PROCESSES}` }), ...env },
      ...(cwd !== undefined && { cwd }),
    })
    this.#child = child
    Tool.#started.add(this)
    const text = this.#text
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk))
    this.ended = once(child, 'close').then(([status, signal]) => ({
      status: status as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: text.stdout,
      stderr: withoutProgress(text.stderr),
    }))
  }

  /** Ends what a failed test has left running. */
  static async endAll(): Promise<void> {
    for (const tool of Tool.#started) {
      if (tool.running) tool.signal('SIGKILL')
      await tool.ended
    }
    Tool.#started.clear()
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** What it has written so far. */
  get written(): { stdout: string; stderr: string } {
    return this.#text
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  #mustRun(): void {
    if (!this.running)
      throw new Error(`the tool ended with ${this.#child.exitCode}: ${this.#text.stderr}${this.#text.stdout}`)
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** What a terminal does on Ctrl-C: a SIGINT to every process of the foreground group. */
  ctrlC(): void {
    process.kill(-this.pid, 'SIGINT')
  }

  /** Waits until so many member processes are there. */
  async untilMembers(count: number): Promise<number[]> {
    return until(`${count} members run`, () => {
      this.#mustRun()
      const members = membersOf(this.pid)
      return members.length >= count && members
    })
  }

  /**
   * Waits until members have taken so many datagrams of a phase, one unless told otherwise.
   * @returns the pids of the members
   */
  async untilTaken(phase: 'warm-up' | 'measured', count: number, datagrams = 1): Promise<number[]> {
    const pids = await this.untilMembers(count)
    const memory = await until('members have their memory', () => MemberMemory.of(pids[0]!))
    try {
      await until(`${datagrams} ${phase} datagrams were taken`, () => {
        this.#mustRun()
        const counters = memory.read(count)
        const taken = pids.map((_, i) => counters.read(i).taken[phase === 'measured' ? 1 : 0])
        return taken.reduce((sum, n) => sum + n) >= datagrams
      })
    } finally {
      memory.close()
    }
    return pids
  }

  /** Sends one Ctrl-C after another until the tool has ended. */
  async ctrlCUntilEnded(): Promise<Outcome> {
    await until('the tool has ended', () => {
      if (this.running) this.ctrlC()
      return !this.running
    })
    return this.ended
  }
}

/** Runs the tool to its end. */
export async function runTool(args: readonly string[], options?: ToolOptions): Promise<Outcome> {
  return new Tool(args, options).ended
}
