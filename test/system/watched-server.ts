import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('watched-server.py', import.meta.url))

/** A server of somebody else on this host, whose sockets are read by threads, by forked workers or by nobody: watched-server.py. */
export class WatchedServer {
  static readonly #started = new Set<WatchedServer>()

  private constructor(
    readonly process: ChildProcess,
    readonly lines: AsyncIterator<string>,
    readonly port: number,
    /** processes that it forked */
    readonly workers: readonly number[],
  ) {}

  /** @param under what starts it, such as setpriv with its arguments */
  static async start(
    kind: 'udp' | 'tcp' | 'shared' | 'dual',
    count: number,
    reading: number,
    under: readonly string[] = [],
  ): Promise<WatchedServer> {
    const command = [...under, 'python3', SCRIPT, kind, String(count), String(reading)]
    const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const { value } = await lines.next()
    const [port = 0, ...workers] = String(value).split(' ').map(Number)
    const server = new WatchedServer(child, lines, port, workers)
    WatchedServer.#started.add(server)
    return server
  }

  get pid(): number {
    return this.process.pid!
  }

  /** Closes the socket of a member, or opens a new one, which is read. */
  async change(what: `close ${number}` | 'open'): Promise<void> {
    this.process.stdin!.write(`${what}\n`)
    const { value } = await this.lines.next()
    if (value !== 'done') throw new Error(`the server said ${value}`)
  }

  async end(): Promise<void> {
    const closed = this.process.exitCode === null ? once(this.process, 'close') : undefined
    this.process.stdin!.end()
    await closed
    WatchedServer.#started.delete(this)
  }

  /** Ends what tests have left. */
  static async endAll(): Promise<void> {
    for (const server of WatchedServer.#started) await server.end()
  }
}
