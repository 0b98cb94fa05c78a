import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Truth } from './truth-table.js'

const SCRIPT = fileURLToPath(new URL('../bench/overload-verdicts.js', import.meta.url))
/**
 * Runs a case, and how many of them may name a wrong cause: with the one in thirty that is allowed, more do once in 280
 * times.
 */
const RUNS = 10
const MOST_WRONG = 2

/** What runs say of an overload whose cause was injected. */
export function overloadVerdicts(short: boolean): Truth[] {
  const args = short ? ['--runs', '3', '--cases', 'sleep,slow'] : ['--runs', String(RUNS)]
  const table = execFileSync(process.execPath, [SCRIPT, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => {
      const [what = '', runs = '', says = '', wrong = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim())
      return {
        what: `overload, injected: ${what}`,
        n: Number(runs),
        expected: `≤ ${MOST_WRONG} wrong causes`,
        observed: `${wrong}: ${says}`,
        agrees: Number(wrong) <= MOST_WRONG,
      }
    })
}
