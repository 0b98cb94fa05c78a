import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { addonPath } from '../../src/native.js'

/** Somebody else's process on this host, which can join a port that has SO_REUSEPORT. */
export class Stranger {
  private constructor(
    readonly process: ChildProcess,
    readonly lines: AsyncIterator<string>,
  ) {}

  /** Starts it; it holds no socket yet. */
  static async start(address = '127.0.0.1'): Promise<Stranger> {
    const script = fileURLToPath(new URL('stranger.mjs', import.meta.url))
    const child = spawn(process.execPath, [script, addonPath(), address], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const stranger = new Stranger(child, createInterface(child.stdout)[Symbol.asyncIterator]())
    await stranger.#hears('ready')
    return stranger
  }

  async #hears(word: string): Promise<void> {
    const { value } = await this.lines.next()
    if (value !== word) throw new Error(`the stranger said ${value}, not ${word}`)
  }

  /** Lets it bind a port. */
  async bind(port: number): Promise<void> {
    const bound = this.#hears('bound')
    this.process.stdin!.write(String(port))
    await bound
  }

  /** Lets it bind a port, and leave it after a time; resolves when it left. */
  async visit(port: number, stayMs: number): Promise<void> {
    const bound = this.#hears('bound')
    this.process.stdin!.write(`${port} ${stayMs}`)
    await bound
    await this.#hears('left')
  }

  get pid(): number {
    return this.process.pid!
  }

  async end(): Promise<void> {
    const ended = once(this.process, 'exit')
    this.process.kill('SIGKILL')
    await ended
  }
}
