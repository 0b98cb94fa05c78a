import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runResult } from '../result/run-result.js'
import { allCommands } from './all-commands.js'
import { commandPage, commandsIndex, pageNameOf } from './command-page.js'
import { doctorPage } from './doctor-page.js'
import { commandManual, manualNameOf, toolManual } from './manual-page.js'
import { runPicture } from './picture.js'
import { parametersPage } from './parameters-page.js'
import { resultsPage } from './results-page.js'

/** Folders that hold nothing but documents that are made. */
export const MADE_FOLDERS = ['docs/commands', 'man'] as const

/**
 * The documents that are made from the code, by their place in the repository. `npm run docs` writes them.
 * @param root the repository
 */
export async function documents(root: string): Promise<Record<string, string>> {
  const commands = await allCommands()
  const about = readJson(join(root, 'package.json')) as { version: string }
  const manuals = Object.fromEntries([
    [`man/${manualNameOf('')}`, toolManual(commands, about.version)],
    ...commands.map((command) => [
      `man/${manualNameOf(command.name)}`,
      commandManual(command, about.version),
    ]),
  ]) as Record<string, string>
  return {
    'docs/doctor.md': doctorPage(),
    'docs/parameters.md': parametersPage(),
    'docs/results.md': resultsPage(),
    'docs/commands/README.md': commandsIndex(commands),
    ...Object.fromEntries(
      commands.map((command) => [`docs/commands/${pageNameOf(command.name)}`, commandPage(command)]),
    ),
    'docs/run.svg': runPicture(runResult.parse(readJson(join(root, 'results/reference/run.json')))),
    ...manuals,
    // npm puts the pages that are listed there where man finds them.
    'package.json': `${JSON.stringify({ ...about, man: Object.keys(manuals) }, null, 2)}\n`,
  }
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
