import * as Flags from '@oclif/core/flags'
import { foundUpward } from '../files/found-upward.js'
import { readTextFile } from '../files/text-file.js'
import type { MeasuringCommand } from '../plan/metrics/row.js'
import { LIMIT_PARAMETERS } from '../plan/parameters/limits.js'

export const CONFIG_FILE = 'rpbench.config.json'
const MOST_BYTES = 2 ** 20
const THRESHOLD = LIMIT_PARAMETERS.threshold.flag

/** The flag of every command that takes flags from a file too. */
export const configFlags = {
  config: Flags.boolean({
    description: `take flags that are not given from ${CONFIG_FILE}, in this directory or above`,
    default: true,
    allowNo: true,
    helpGroup: 'OUTPUT',
  }),
}

/** Flags as they were given, and the file that others of them were taken from. */
export type Configured<Flags> = Flags & { configFile?: string }

/**
 * Adds to the flags that were given those of the configuration file, if there is one. A threshold that is given wins over all of
 * the file's.
 * @param only if given, these flags of the file alone
 * @throws RpbenchError (wrong usage) where the file cannot be read, or is not as it should be
 */
export async function withConfig<Given extends { config: boolean }>(
  command: MeasuringCommand,
  given: Given,
  only?: readonly string[],
): Promise<Configured<Given>> {
  const path = given.config ? foundUpward(CONFIG_FILE) : undefined
  if (path === undefined) return given
  const content = readTextFile(
    path,
    (why) => `${path} cannot be read: ${why}; leave it out with --no-config.`,
    MOST_BYTES,
  )
  // zod is 50 ms of start-up, which nobody needs who has no such file
  const { parseConfig } = await import('../plan/config-schema.js')
  const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const taken = Object.entries(parseConfig(content, path)[command] ?? {})
    .filter(([flag]) => only === undefined || only.includes(flag))
    .filter(([flag]) => !(flag === LIMIT_PARAMETERS.thresholdOn.flag && asked[THRESHOLD] !== undefined))
    .map(([flag, value]) => [flag, typeof value === 'number' ? String(value) : value])
  if (taken.length === 0) return given
  return { ...given, ...Object.fromEntries(taken), ...asked, configFile: path }
}
