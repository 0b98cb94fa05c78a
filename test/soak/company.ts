import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { isRunning } from '../system/process-table.js'
import { ROOT } from './root.js'
import type { Company } from './soak-case.js'

/** Stand in words for the port of a group that is there, and for a file with the token of a group that is to serve. */
export const PORT = '{port}'
export const TOKEN_FILE = '{token}'

const TOKEN = '0123456789abcdef0123'

/** Somebody beside the tool: the group that it attaches to, or the client of the group that it serves. */
export class Beside {
  readonly #children = new Set<ChildProcess>()
  #ended = false
  /** of the group */
  members: number[] = []
  port: number | undefined
  /** what the client said that no user should read */
  readonly complaints: string[] = []

  private constructor(readonly tokenFile: string) {}

  /**
   * @param folder of the case
   * @param tool what starts the tool, without whatever is done to the one that is under test
   */
  static async start(company: Company, folder: string, tool: readonly string[]): Promise<Beside> {
    const beside = new Beside(path.join(folder, 'token'))
    writeFileSync(beside.tokenFile, `${TOKEN}\n`, { mode: 0o644 })
    if (company.kind === 'group') await beside.#startGroup(company.protocol, company.procs)
    else void beside.#ask(company.port, company.controlPort, tool)
    return beside
  }

  async #startGroup(protocol: 'udp' | 'tcp', procs: number): Promise<void> {
    const script = path.join(ROOT, 'test/system/foreign-group.py')
    const group = this.#spawn('python3', [script, protocol, '127.0.0.1', '0', String(procs)])
    const [line] = (await once(createInterface(group.stdout!), 'line')) as [string]
    ;[this.port, ...this.members] = line.split(' ').map(Number) as [number, ...number[]]
  }

  /** Short runs, one after another; where nobody serves, they end at once. */
  async #ask(port: number, controlPort: number, [file = '', ...words]: readonly string[]): Promise<void> {
    const run = `run --target 127.0.0.1:${port} --control-port ${controlPort} --token-file ${this.tokenFile}`
    const short = '-f 50 -r 2k -d 300ms --warmup 50ms --timeout 300ms --no-save -q'
    while (!this.#ended) {
      const client = this.#spawn(file, [...words, ...run.split(' '), ...short.split(' ')])
      let said = ''
      client.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
      client.stdout!.resume()
      const [status] = (await once(client, 'close')) as [number | null]
      if (this.#ended) return
      if (status === null || ![0, 1, 2, 3].includes(status))
        this.complaints.push(`client: ended with ${status}`)
      if (/^\s+at .*:\d+/m.test(said)) this.complaints.push('client: a stack trace on standard error')
    }
  }

  #spawn(file: string, words: readonly string[]): ChildProcess {
    const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#children.add(child)
    child.on('exit', () => this.#children.delete(child))
    return child
  }

  /** Members of the group that run. */
  get running(): number[] {
    return this.members.filter((pid) => isRunning(pid))
  }

  /** Ends it, and all that it has started. Safe to call twice. */
  async end(): Promise<void> {
    this.#ended = true
    for (const child of this.#children) {
      const exited = once(child, 'exit')
      // A group ends with its standard input; a client has nothing to lose.
      if (this.members.length > 0) child.stdin!.end()
      else child.kill('SIGKILL')
      await exited
    }
  }
}

/** Words with what stands for something in them replaced. */
export function filled(words: readonly string[], beside: Beside | undefined): string[] {
  return words.map((word) =>
    beside === undefined
      ? word
      : word.replace(PORT, String(beside.port)).replace(TOKEN_FILE, beside.tokenFile),
  )
}
