import * as z from 'zod'
import { bytes, count, instant } from './scalars.js'
import { hostTrait } from './trait.js'

/**
 * What results have in common. Names are camelCase with their unit, a thing that was not measured is absent (never null,
 * never NaN). Adding an optional field keeps the version of a schema; removing or changing one raises it.
 */

const tool = z
  .object({
    name: z.literal('rpbench').describe('always rpbench'),
    version: z.string().describe('of rpbench'),
  })
  .describe('what made this result')

export const host = z
  .object({
    hostname: z.string().describe('name of the host'),
    kernel: z.string().describe('release of the kernel (uname -r)'),
    arch: z.string().describe('architecture of the CPU, as Node names it'),
    cpus: count.describe('CPUs of the host'),
    cpuModel: z.string().describe('of the first CPU, as the kernel names it'),
    memoryBytes: bytes.describe('memory of the host'),
    node: z.string().describe('version of Node'),
    traits: z
      .array(hostTrait)
      .optional()
      .describe(
        'what is set here that limits a figure or a flag, by the ids of `rpbench doctor`; absent in results of versions that did not look',
      ),
  })
  .describe('where it was measured')

export const label = z
  .string()
  .optional()
  .describe('what the user called it (`--label`); absent where it has no label')

const configFile = z
  .string()
  .optional()
  .describe('path of the `rpbench.config.json` that flags were taken from; absent where none were')

/** What every result begins with. */
export function envelope<Name extends string>(schema: Name) {
  return {
    schema: z.literal(schema).describe('name and version of the schema that this result follows'),
    tool,
    startedAt: instant.describe('when the command began'),
  }
}

/** What everything begins with that was measured on a host. */
export function measuredEnvelope<Name extends string>(schema: Name) {
  return { ...envelope(schema), label, configFile, host }
}
