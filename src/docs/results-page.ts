import { cell } from './cell.js'
import { resultJsonSchema, SCHEMA_NAMES } from '../result/json-schema.js'

type Schema = Record<string, unknown>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const schemasIn = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : [])

/** Where fields are: below a path, in one kind of entry, in the result of a command. */
interface Place {
  path: string
  kind: string
  of: string
}

/** Fields by which kinds of entries are told apart. */
const TELLING = ['kind', 'cause', 'id']

interface Row {
  path: string
  /** of which kind of entry it is, where there are several */
  kind: string
  type: string
  description: string
}

const INTRODUCTION = `# Results

What the fields of results mean, by schema. This page is made from the schemas by \`npm run docs\`; \`rpbench schema\` prints
the same as JSON Schema.

Names are camelCase with their unit. What was not measured is absent: never null, never NaN. A \`?\` stands behind a field
that may be absent, \`[]\` behind one that is a list, with the fields of its entries below it, and \`{}\` behind one that
is a map from names. A word in brackets, such as (hash), says of which kind of entry a field is. A schema's version only
ever gains optional fields; anything else makes a new version.`

/** docs/results.md: a table of fields for each schema. */
export function resultsPage(): string {
  const shown = new Map<string, string>()
  const sections = SCHEMA_NAMES.map((name) => {
    const schema = resultJsonSchema(name)
    const rows = uniqueRows([...rowsOf(schema, { path: '', kind: '', of: name }, shown)])
    return [
      `## rpbench ${name}`,
      '',
      `\`${String(schema['$id']).replace('urn:rpbench:', 'rpbench/')}\``,
      '',
      '| field | type, unit | meaning |',
      '| --- | --- | --- |',
      ...rows.map(
        ({ path, kind, type, description }) =>
          `| \`${path}\`${kind && ` (${kind})`} | ${cell(type)} | ${cell(description)} |`,
      ),
    ].join('\n')
  })
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`
}

/** What all kinds of a result have in common is listed once. */
function uniqueRows(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()]
}

/**
 * A row for each field below a schema, in the order in which they are declared.
 * @param shown the fields of objects that have their rows already, and where those are: they are not repeated
 */
function* rowsOf(schema: Schema, { path, kind, of }: Place, shown: Map<string, string>): Generator<Row> {
  for (const one of kindsOf(schema)) yield* rowsOf(one, { path, kind: nameOfKind(one) || kind, of }, shown)
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  for (const [name, property] of Object.entries(properties)) {
    if (!isSchema(property)) continue
    const { inner, suffix } = unwrapped(property)
    const here = `${path}${path === '' ? '' : '.'}${name}${suffix}`
    const key = JSON.stringify([inner['properties'], kindsOf(inner)])
    const before = isObject(inner) ? shown.get(key) : undefined
    yield {
      path: here + (required.has(name) ? '' : '?'),
      kind,
      type: before === undefined ? typeOf(property) : `as \`${before}\``,
      description: typeof property['description'] === 'string' ? property['description'] : '',
    }
    if (before !== undefined) continue
    if (isObject(inner)) shown.set(key, `${of}: ${here}`)
    yield* rowsOf(inner, { path: here, kind, of }, shown)
  }
}

const kindsOf = (schema: Schema): Schema[] => schemasIn(schema['oneOf'] ?? schema['anyOf'])

const isObject = (schema: Schema): boolean => 'properties' in schema || kindsOf(schema).length > 0

/** What lists and maps hold, and what stands behind the name for them. */
function unwrapped(schema: Schema): { inner: Schema; suffix: string } {
  for (const [key, suffix] of [
    ['items', '[]'],
    ['additionalProperties', '{}'],
  ] as const) {
    const held = schema[key]
    if (!isSchema(held)) continue
    const { inner, suffix: more } = unwrapped(held)
    return { inner, suffix: suffix + more }
  }
  return { inner: schema, suffix: Array.isArray(schema['prefixItems']) ? '[]' : '' }
}

/** The value of the field that tells the kinds apart; nothing where there is none. */
function nameOfKind({ properties }: Schema): string {
  const told = TELLING.map((name) => isSchema(properties) && properties[name]).find(isSchema)?.['const']
  return typeof told === 'string' ? told : ''
}

/** In words, with the unit of a figure and the values of a choice. */
function typeOf(schema: Schema): string {
  const { inner } = unwrapped(schema)
  const [first] = schemasIn(schema['prefixItems'])
  if (first) return typeOf(first)
  if (Array.isArray(inner['enum'])) return inner['enum'].map((value) => `\`${String(value)}\``).join(', ')
  if ('const' in inner) return `\`${String(inner['const'])}\``
  if (isObject(inner)) return 'object'
  if (inner['format'] === 'date-time') return 'time, UTC'
  const type = typeof inner['type'] === 'string' ? inner['type'] : 'any'
  return typeof inner['unit'] === 'string' ? `${type}, ${inner['unit']}` : type
}
