import { describe, expect, it } from 'vitest'
import { resultJsonSchema, SCHEMA_NAMES } from '../../src/result/json-schema.js'

type Schema = Record<string, unknown>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every property anywhere in a schema, with its path. */
function* properties(schema: Schema, path = ''): Generator<[path: string, property: Schema]> {
  for (const [name, property] of Object.entries(isSchema(schema['properties']) ? schema['properties'] : {})) {
    if (!isSchema(property)) throw new Error(`${path}${name} is no schema`)
    yield [path + name, property]
    yield* properties(property, `${path}${name}.`)
  }
  for (const key of ['items', 'additionalProperties'])
    if (isSchema(schema[key])) yield* properties(schema[key], path)
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems'])
    for (const option of Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [])
      if (isSchema(option)) yield* properties(option, path)
}

/** Endings of names that say a unit, and what the schema says of it. */
const UNITS: readonly [ending: RegExp, unit: string][] = [
  [/Ns$/, 'ns'],
  [/Bytes$/, 'bytes'],
  [/(Hz|PerSecond)$/, '1/s'],
]

const isNumber = ({ type }: Schema): boolean => type === 'number' || type === 'integer'

describe.each(SCHEMA_NAMES)('the schema of %s', (name) => {
  const all = [...properties(resultJsonSchema(name))]

  it('describes every field', () => {
    expect(all.length).toBeGreaterThan(8)
    expect(all.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([])
  })

  it('gives figures the unit that their name says', () => {
    const wrong = all.filter(([path, property]) => {
      const named = UNITS.find(([ending]) => ending.test(path))
      return named && isNumber(property) && property['unit'] !== named[1]
    })
    expect(wrong.map(([path]) => path)).toEqual([])
  })
})
