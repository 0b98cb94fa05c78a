import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ResultCommand } from '../src/cli/result-command.js'
import { textOptions } from '../src/cli/standard-output.js'
import { thresholdFlags } from '../src/cli/thresholds.js'
import { usageError } from '../src/errors.js'
import { FORMAT_NAMES, formatRow } from '../src/report/formats/table.js'
import { oneOf } from '../src/units/parse.js'

export default class Report extends ResultCommand {
  static override summary = 'Show saved results again, as text or for other tools'
  static override description = `Reads the JSON files of results, and folders of them. Runs of one plan are repetitions of it, and are reported as such. Files that are damaged, or no results of rpbench, are named and skipped where there are others. Nothing is measured.

Thresholds are those that the result was held against, or those given here. A report ends with 0 whatever they say; rpbench check is what fails.

Formats:
${FORMAT_NAMES.map((name) => `  ${name}: ${formatRow(name).help}`).join('\n')}`
  static override examples = [
    '<%= config.bin %> <%= command.id %> results/reference/run.json',
    '<%= config.bin %> <%= command.id %> results --format json --output all.json',
  ]
  static override strict = false
  static override flags = {
    format: Flags.string({
      description: `what to make of them: ${FORMAT_NAMES.join(', ')}`,
      helpValue: 'FORMAT',
      helpGroup: 'OUTPUT',
    }),
    output: Flags.string({
      char: 'o',
      description: 'file to write it to, in place of standard output',
      helpValue: 'FILE',
      helpGroup: 'OUTPUT',
    }),
    ...thresholdFlags,
  }
  static override args = {
    file: Args.string({
      description: 'JSON files of results, pages of them, or folders of JSON files',
      required: true,
    }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Report)
    const format = oneOf(flags.format ?? (flags.json ? 'json' : 'text'), '--format', FORMAT_NAMES)
    if (flags.json && format !== 'json')
      throw usageError(`--json and --format ${format} are two formats: give one of them.`)
    const { reportResults } = await import('../src/cli/report-results.js')
    await reportResults(argv as string[], {
      format,
      file: flags.output,
      thresholds: flags,
      output: this.output,
      options: textOptions(flags['no-color']),
      skip: (why) => this.notice(`rpbench: skipped: ${why}`),
    })
    this.output.check()
  }
}
