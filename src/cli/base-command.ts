import { Command, Errors, Flags } from '@oclif/core'
import { exitStatusOf, RpbenchError } from '../errors.js'

/** How text is to be laid out for where it goes. */
export interface OutputStyle {
  columns: number
  color: boolean
}

/** What every command of the tool has in common: its output, its errors and their exit status. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({ description: 'print the result as one JSON document', helpGroup: 'OUTPUT' }),
    'no-color': Flags.boolean({ description: 'no colours (also NO_COLOR=1)', helpGroup: 'OUTPUT' }),
  }

  /** A reader who has seen enough (`| head`) is no failure; a full device is one, told in a sentence. */
  override async init(): Promise<void> {
    await super.init()
    // oclif's own listener throws, which ends in a stack trace.
    process.stdout.removeAllListeners('error').on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') this.notice(`rpbench: Standard output cannot be written (${error.code}).`)
      process.exit(error.code === 'EPIPE' ? 0 : 1)
    })
  }

  /** Data goes to standard output, as it is. */
  protected print(text: string): void {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  protected printJson(value: unknown): void {
    this.print(JSON.stringify(value, null, 2))
  }

  /** Notices go to standard error. */
  protected notice(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  protected outputStyle(noColor: boolean): OutputStyle {
    const color =
      process.stdout.isTTY && !noColor && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
    return { columns: terminalColumns(), color }
  }

  /** One clear sentence and the exit status; a stack only for what is not an error we know. */
  protected override async catch(error: unknown): Promise<never> {
    if (error instanceof Errors.ExitError) throw error
    if (error instanceof RpbenchError) {
      this.notice(`rpbench: ${error.message}`)
      this.exit(exitStatusOf(error))
    }
    if (error instanceof Errors.CLIError) {
      this.notice(`rpbench: ${await this.#usageSentence(error)}`)
      this.exit(2)
    }
    this.notice(`rpbench: unexpected failure\n${error instanceof Error ? error.stack : String(error)}`)
    this.exit(1)
  }

  async #usageSentence(error: Error & { flags?: unknown; args?: unknown }): Promise<string> {
    const help = `see rpbench ${this.id ?? ''} --help`
    const [flag] = Array.isArray(error.flags) ? (error.flags as unknown[]) : []
    if (typeof flag === 'string') {
      const known = Object.keys(this.ctor.flags).concat(Object.keys(this.ctor.baseFlags))
      const { closest } = await import('fastest-levenshtein')
      return `There is no flag ${flag}; did you mean --${closest(flag.replace(/^-+/, ''), known)}? For all of them ${help}.`
    }
    const [first = ''] = error.message.split('\n')
    return `${first.replace(/\.$/, '')}; ${help}.`
  }
}

/** Columns to write to: the terminal's, COLUMNS, or 100 for a pipe or a file. */
function terminalColumns(): number {
  return process.stdout.columns ?? (Number(process.env['COLUMNS']) || 100)
}
