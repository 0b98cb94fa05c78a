import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout, wherever below it this file was built to. */
export const ROOT = above(path.dirname(fileURLToPath(import.meta.url)))

function above(folder: string): string {
  return existsSync(path.join(folder, 'package.json')) ? folder : above(path.dirname(folder))
}
