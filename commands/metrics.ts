import * as Args from '@oclif/core/args'
import { ResultCommand } from '../src/cli/result-command.js'
import { usageError } from '../src/errors.js'

export default class Metrics extends ResultCommand {
  static override summary = 'List the metrics that results have, with unit, better direction and meaning'
  static override description =
    'Their names are those that --threshold takes. Response times (of an open loop) and service times (of a closed one too) are different metrics.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'Those that can be taken of a sweep',
      command: '<%= config.bin %> <%= command.id %> sweep',
    },
    "<%= config.bin %> <%= command.id %> --json | jq -r '.metrics[].name'",
  ]
  static override args = {
    command: Args.string({ description: 'only those of this command: run, churn, sweep or verify' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Metrics)
    const [{ METRIC_NAMES, metricsOf }, { MEASURING_COMMANDS }, { METRICS_VIEWS }] = await Promise.all([
      import('../src/plan/metrics/table.js'),
      import('../src/plan/metrics/row.js'),
      import('../src/report/metrics/views.js'),
    ])
    const command = MEASURING_COMMANDS.find((name) => name === args.command)
    if (args.command !== undefined && command === undefined)
      throw usageError(
        `There are no metrics of "${args.command}": name one of ${MEASURING_COMMANDS.join(', ')}.`,
      )
    const names = command === undefined ? METRIC_NAMES : metricsOf(command)
    await this.show(METRICS_VIEWS, { names }, flags)
  }
}
