import { writeSync } from 'node:fs'
import { whyMute, whyNotStart } from './prerequisites.js'

/**
 * Runs the command that the words of this process name, and leaves its status in `process.exitCode`.
 * @param root a file of the package: its package.json is looked for from there upward
 */
export async function start(root: string): Promise<void> {
  const why = whyNotStart() ?? whyMute()
  if (why !== undefined) {
    // Not by Node's stream, which may be one that writes nothing.
    writeSync(2, `rpbench: ${why}\n`)
    process.exitCode = 1
    return
  }
  // The framework asks the users' database for what the environment does not name, and a container's user may not be in it.
  process.env.HOME ??= '/'
  process.env.SHELL ??= '/bin/sh'
  const [{ execute }, { settings }] = await Promise.all([
    import('@oclif/core/execute'),
    import('@oclif/core/settings'),
  ])
  // Never look for TypeScript sources at run time: what was built is what runs, also in tests.
  settings.enableAutoTranspile = false
  // There are no plugins of users, so nothing in their home directory is looked for, which they may not be allowed to read.
  await execute({ loadOptions: { root, userPlugins: false, devPlugins: false } })
}
