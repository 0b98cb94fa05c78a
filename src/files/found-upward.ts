import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The path of a file of this name in the working directory, or the nearest one above it; undefined where there is none. */
export function foundUpward(name: string): string | undefined {
  let directory: string
  try {
    directory = process.cwd()
  } catch {
    // It was removed.
    return undefined
  }
  for (;;) {
    const path = join(directory, name)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
    const parent = dirname(directory)
    if (parent === directory) return undefined
    directory = parent
  }
}
