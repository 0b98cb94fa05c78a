import { createInterface } from 'node:readline/promises'
import { usageError } from '../errors.js'
import { roughTime } from './rough-time.js'

/** What takes longer is not started without a word. */
const UNASKED_NS = 3600e9

/**
 * Says so when something will take over an hour, and asks on a terminal.
 * @throws RpbenchError (wrong usage) where nobody can be asked and `--yes` is missing, or the answer is no
 */
export async function consentToLength(
  expectedNs: number,
  { what, yes }: { what: string; yes: boolean },
): Promise<void> {
  if (expectedNs <= UNASKED_NS) return
  const sentence = `${what} will take about ${roughTime(expectedNs)}`
  if (yes) return
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usageError(`${sentence}: start it with --yes, or give it less to do.`)
  const asked = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await asked.question(`${sentence}. Start? [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw usageError('Nothing was started.')
  } finally {
    asked.close()
  }
}
