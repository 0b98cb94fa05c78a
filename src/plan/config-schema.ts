import * as z from 'zod'
import { usageError } from '../errors.js'
import { MEASURING_COMMANDS, type MeasuringCommand } from './metrics/row.js'
import { nearestName } from './metrics/table.js'
import { LIMIT_PARAMETERS } from './parameters/limits.js'
import type { Row } from './parameters/row.js'
import { helpOf, keysOf, rowFor } from './parameters/table.js'

/** A flag in a configuration file, as it would be given on the command line. */
export type ConfigValue = string | number | boolean | string[]
/** The flags of each command, by name without the dashes. */
export type Config = Partial<Record<MeasuringCommand, Record<string, ConfigValue | undefined>>>

const text = z.union([z.string(), z.number()])

function valueOf(row: Row): z.ZodType<ConfigValue | undefined> {
  const value = row.kind.name === 'switch' ? z.boolean() : row.multiple ? z.array(z.string()).min(1) : text
  return (value as z.ZodType<ConfigValue>).describe(helpOf(row)).optional()
}

function flagsOf(command: MeasuringCommand) {
  const rows = [
    ...keysOf(command).map((key) => rowFor(key, command)),
    ...Object.values<Row>(LIMIT_PARAMETERS),
  ]
  return z
    .strictObject(Object.fromEntries(rows.map((row) => [row.flag, valueOf(row)])))
    .describe(`flags of rpbench ${command}, which those on the command line win over`)
    .optional()
}

const config = z.strictObject({
  $schema: z.string().optional().describe('for editors'),
  ...(Object.fromEntries(MEASURING_COMMANDS.map((command) => [command, flagsOf(command)])) as Record<
    MeasuringCommand,
    ReturnType<typeof flagsOf>
  >),
})

/** The JSON Schema (draft 2020-12) of a configuration file. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    $id: 'urn:rpbench:config',
    title: 'Configuration of rpbench (rpbench.config.json)',
    ...z.toJSONSchema(config, { target: 'draft-2020-12', io: 'input' }),
  }
}

/**
 * The text of a configuration file → the flags in it. Their values are read with those of the command line.
 * @param path stands for it in messages
 * @throws RpbenchError (wrong usage) where it is not JSON, or has what there is not, with the nearest name
 */
export function parseConfig(content: string, path: string): Config {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    throw usageError(`${path} is not JSON: correct it, or leave it out with --no-config.`)
  }
  const { data, error } = config.safeParse(value)
  if (!error) {
    const { $schema: _, ...commands } = data
    return commands as Config
  }
  const [issue] = error.issues
  const place = issue?.path.map(String) ?? []
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    const known = Object.keys(place[0] === undefined ? config.shape : shapeOf(place[0] as MeasuringCommand))
    const where = place[0] === undefined ? path : `${path}: ${place[0]}`
    throw usageError(`${where} has no "${key}"; did you mean "${nearestName(key, known)}"?`)
  }
  throw usageError(
    `${path}: ${place.join('.') || 'all of it'}: ${issue?.message ?? ''}; rpbench schema config prints what is allowed.`,
  )
}

const shapeOf = (command: MeasuringCommand): object => config.shape[command].unwrap().shape
