import { Command } from '@oclif/core/command'
import * as Errors from '@oclif/core/errors'
import { exitStatusOf, failedCall, RpbenchError } from '../errors.js'
import { StandardOutput } from './standard-output.js'

/** What a command takes beside flags. */
interface Argument {
  name: string
  description: string
}

/** Whether the framework names an argument that is missing; it names words that are too many as they are. */
const isArgument = (named: unknown): named is Argument => typeof named === 'object' && named !== null

/** What every command of the tool has in common: its output, its errors and their exit status. */
export abstract class BaseCommand extends Command {
  protected output!: StandardOutput
  /** the file that flags were taken from too */
  protected configFile: string | undefined

  override async init(): Promise<void> {
    await super.init()
    this.output = new StandardOutput()
  }

  /** Data goes to standard output, as it is. Errors as those of `StandardOutput.check`. */
  protected async print(text: string): Promise<void> {
    await this.output.write(text)
    this.output.check()
  }

  /** Notices go to standard error. */
  protected notice(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  /** One clear sentence and the exit status; a stack only for what is not an error we know. */
  protected override async catch(error: unknown): Promise<never> {
    if (error instanceof Errors.ExitError) throw error
    const known = error instanceof RpbenchError ? error : failedCall(error)
    if (known) {
      const also =
        this.configFile !== undefined && exitStatusOf(known) === 2
          ? ` Flags were taken from ${this.configFile} too; --no-config leaves it out.`
          : ''
      this.notice(`rpbench: ${known.message}${also}`)
      this.exit(exitStatusOf(known))
    }
    if (error instanceof Errors.CLIError) {
      this.notice(`rpbench: ${await this.#usageSentence(error)}`)
      this.exit(2)
    }
    this.notice(`rpbench: unexpected failure\n${error instanceof Error ? error.stack : String(error)}`)
    this.exit(1)
  }

  async #usageSentence(error: Error & { flags?: unknown; args?: unknown }): Promise<string> {
    const help = `see rpbench ${this.id?.replaceAll(':', ' ') ?? ''} --help`
    const [flag] = Array.isArray(error.flags) ? (error.flags as unknown[]) : []
    if (typeof flag === 'string') {
      const known = Object.keys({ ...this.ctor.flags, ...this.ctor.baseFlags })
      if (known.length === 0) return `There is no flag ${flag}; ${help}.`
      const { closest } = await import('fastest-levenshtein')
      return `There is no flag ${flag}; did you mean --${closest(flag.replace(/^-+/, ''), known)}? For all of them ${help}.`
    }
    const missing = Array.isArray(error.args) ? (error.args as unknown[]).filter(isArgument) : []
    if (missing.length > 0)
      return `${missing.map(({ name, description }) => `${name.toUpperCase()} is missing: ${description}`).join('; ')}; ${help}.`
    const [first = ''] = error.message.split('\n')
    return `${first.replace(/\.$/, '')}; ${help}.`
  }
}
