import { readFileSync } from 'node:fs'

/** The text of a small file of the kernel, without the space around it; undefined where it is not there or not for this user. */
export function kernelText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return undefined
  }
}
