import * as Args from '@oclif/core/args'
import { BaseCommand } from '../src/cli/base-command.js'
import { usageError } from '../src/errors.js'
import type { SchemaName } from '../src/result/json-schema.js'

/** What is no result, but read. */
const CONFIG = 'config'

/** Written out: asking the schemas themselves would load zod for every `--help`. */
const NAMES = [
  'run',
  'attach',
  'attach-interval',
  'churn',
  'compare',
  'doctor',
  'interval',
  'list',
  'predict',
  'repeat',
  'serve',
  'sweep',
  'verify',
] as const satisfies readonly SchemaName[]

export default class Schema extends BaseCommand {
  static override summary = 'Print the JSON Schema of a result, or of the configuration file'
  static override description =
    'Results name their schema and its version in the field "schema", such as rpbench/run@1. A version only ever gains optional fields; anything else makes a new version.'
  static override examples = [
    { description: 'The schema of what run --json prints', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'That of churn, kept in a file for a validator or a code generator',
      command: '<%= config.bin %> <%= command.id %> churn > churn.schema.json',
    },
  ]
  static override args = {
    result: Args.custom<SchemaName | typeof CONFIG>({
      description: `which result: ${NAMES.join(', ')}; or ${CONFIG}`,
      parse: (text) => {
        const name = ([...NAMES, CONFIG] as const).find((one) => one === text)
        if (name === undefined)
          throw usageError(`There is no result "${text}": name one of ${NAMES.join(', ')}, or ${CONFIG}.`)
        return Promise.resolve(name)
      },
    })({ default: 'run' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Schema)
    const schema =
      args.result === CONFIG
        ? (await import('../src/plan/config-schema.js')).configJsonSchema()
        : (await import('../src/result/json-schema.js')).resultJsonSchema(args.result)
    await this.print(`${JSON.stringify(schema, null, 2)}\n`)
  }
}
