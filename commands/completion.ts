import * as Args from '@oclif/core/args'
import { BaseCommand } from '../src/cli/base-command.js'
import { SHELL_ROWS, SHELLS, type Shell } from '../src/cli/completion/shells.js'
import { usageError } from '../src/errors.js'

export default class Completion extends BaseCommand {
  static override summary = 'Print the script by which a shell completes commands, flags and values'
  static override description =
    'It completes commands, flags, the words that a flag takes, names of metrics, files, and saved results of the folder results. All of it is in the script, so no key waits for rpbench: print it again after an update. It takes effect in new shells.'
  static override examples = SHELLS.map((shell) => ({
    description: SHELL_ROWS[shell].words,
    command: SHELL_ROWS[shell].install.replace('rpbench', '<%= config.bin %>'),
  }))
  static override args = {
    shell: Args.custom<Shell>({
      description: `which shell: ${SHELLS.join(', ')}`,
      parse: (text) => {
        const shell = SHELLS.find((one) => one === text)
        if (shell === undefined)
          throw usageError(`There is no completion for "${text}": name one of ${SHELLS.join(', ')}.`)
        return Promise.resolve(shell)
      },
    })({ required: true }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Completion)
    const [{ commandFacts }, { completionScript }] = await Promise.all([
      import('../src/cli/command-facts.js'),
      import('../src/cli/completion/script.js'),
    ])
    const commands = this.config.commands
      .filter(({ hidden }) => !hidden)
      .map((command) => commandFacts(command.id, command))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    await this.print(completionScript(args.shell, commands))
  }
}
