import * as Args from '@oclif/core/args'
import { ResultCommand } from '../src/cli/result-command.js'
import { thresholdFlags } from '../src/cli/thresholds.js'

export default class Check extends ResultCommand {
  static override summary = 'Hold a saved result against limits'
  static override description = `Reads the JSON file of a run, churn, sweep or verification, and says of each threshold whether the result keeps it. Nothing is measured.

Exit status: 0 all pass, 99 one fails, 3 one cannot be told or was not measured, 2 wrong usage.`
  static override examples = [
    "<%= config.bin %> <%= command.id %> results/20261122T101300Z-run.json --threshold 'latency.service.p99<2ms'",
    "<%= config.bin %> <%= command.id %> results/reference/run.json --threshold 'balance.maxOverMean<1.10' --threshold 'books.unexplained==0'",
  ]
  static override flags = { ...thresholdFlags }
  static override args = {
    file: Args.string({ description: 'JSON file of the result', required: true }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Check)
    const [{ readResult }, { checked }, { CHECK_VIEWS }, { statusOfThresholds }] = await Promise.all([
      import('../src/files/saved-result.js'),
      import('../src/cli/read-thresholds.js'),
      import('../src/report/check/views.js'),
      import('../src/cli/exit-status.js'),
    ])
    const result = checked(await readResult(args.file), flags.threshold)
    await this.show(CHECK_VIEWS, { result, file: args.file }, flags)
    const status = statusOfThresholds(0, result.thresholds)
    if (status !== 0) this.exit(status)
  }
}
