import type { ControlAccess } from '../control/control-link.js'
import { LEAST_TOKEN } from '../control/token.js'
import { usageError } from '../errors.js'
import { readTextFile } from '../files/text-file.js'
import { flagOf } from '../plan/parameters/table.js'
import type { RunPlan } from '../plan/run-plan.js'

/** Where a token can stand beside a file: not on the command line, which other users see. */
export const TOKEN_VARIABLE = 'RPBENCH_TOKEN'

const MOST_BYTES = 4096

/**
 * The token that the user gave, in a file or in the environment; undefined without one.
 * @throws RpbenchError (wrong usage) where the file cannot be read, or the token is too short to be one
 */
export function readToken(file: string | undefined): string | undefined {
  const [text, from] =
    file === undefined
      ? [process.env[TOKEN_VARIABLE], TOKEN_VARIABLE]
      : [
          readTextFile(file, (why) => `${flagOf('tokenFile')} ${file} cannot be read: ${why}.`, MOST_BYTES),
          `${flagOf('tokenFile')} ${file}`,
        ]
  if (text === undefined || (file === undefined && text === '')) return undefined
  const token = text.trim()
  if (token.length < LEAST_TOKEN || /\s/.test(token))
    throw usageError(
      `${from} holds no token: at least ${LEAST_TOKEN} characters on one line without spaces, as rpbench serve makes one, or openssl rand -hex 16.`,
    )
  return token
}

/**
 * How the group at a target is reached that another rpbench serves; undefined where the user gave no token, so that the target is a
 * server of somebody else.
 * @throws RpbenchError (wrong usage) as `readToken`, and on what is of no use without a token
 */
export function controlAccess({
  target,
  protocol,
  controlPort,
  tokenFile,
}: Pick<RunPlan, 'target' | 'protocol' | 'controlPort' | 'tokenFile'>): ControlAccess | undefined {
  const given = tokenFile === undefined ? controlPort && 'controlPort' : 'tokenFile'
  if (target === undefined || protocol !== 'echo') {
    if (given)
      throw usageError(
        `${flagOf(given)} is for a group that rpbench serve runs: give ${flagOf('target')} ADDR:PORT with ${flagOf('protocol')} echo too.`,
      )
    return undefined
  }
  const token = readToken(tokenFile)
  if (token !== undefined) return { address: target.address, port: controlPort ?? target.port, token }
  if (given)
    throw usageError(
      `${flagOf(given)} needs the token that rpbench serve printed: give it in ${TOKEN_VARIABLE} of the environment, or in a file with ${flagOf('tokenFile')}.`,
    )
  return undefined
}
