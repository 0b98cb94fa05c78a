import type { CommandFacts } from '../command-facts.js'
import { bashCompletion } from './bash.js'
import { completedCommands } from './completed-command.js'
import { fishCompletion } from './fish.js'
import type { Shell } from './shells.js'
import { zshCompletion } from './zsh.js'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** The script by which a shell completes command lines of the tool: all of it is in there, so that no key waits for the tool. */
export function completionScript(shell: Shell, commands: readonly CommandFacts[]): string {
  return SCRIPTS[shell](completedCommands(commands))
}
