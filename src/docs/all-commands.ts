import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from '@oclif/core/command'
import { commandFacts, type CommandFacts } from '../cli/command-facts.js'

const FOLDER = fileURLToPath(new URL('../../commands', import.meta.url))

/** The class of each command, by its words joined by colons: of the sources, or of what was built of them. */
export async function commandClasses(): Promise<Map<string, Command.Class>> {
  const files = await readdir(FOLDER, { recursive: true })
  const named = files
    .filter((file) => /(?<!\.d)\.[jt]s$/.test(file))
    .map((file) => [file.replace(/(\/index)?\.[jt]s$/, '').replaceAll('/', ':'), file] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return new Map(
    await Promise.all(
      named.map(async ([id, file]) => {
        const module = (await import(join(FOLDER, file))) as { default: Command.Class }
        return [id, module.default] as const
      }),
    ),
  )
}

/** What every command says of itself, by name. */
export async function allCommands(): Promise<CommandFacts[]> {
  return [...(await commandClasses())]
    .filter(([, { hidden }]) => !hidden)
    .map(([id, command]) =>
      commandFacts(id, {
        // What a class lacks, it has from the class that it extends.
        summary: command.summary,
        description: command.description,
        usage: command.usage,
        examples: command.examples,
        strict: command.strict,
        args: command.args ?? {},
        flags: { ...command.baseFlags, ...command.flags },
      }),
    )
}
