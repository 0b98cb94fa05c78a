import * as Args from '@oclif/core/args'
import { ResultCommand } from '../src/cli/result-command.js'
import { thresholdFlags } from '../src/cli/thresholds.js'
import { usageError } from '../src/errors.js'

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
    file: Args.string({ description: 'JSON file of the result, or a page of it', required: true }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Check)
    const { threshold = [] } = flags
    if (threshold.length === 0)
      throw usageError("Say what to check: --threshold with a limit, such as 'loss.share<0.1%'.")
    const [{ readResult }, { heldAgainst }, { CHECK_VIEWS }, { statusOfThresholds }] = await Promise.all([
      import('../src/files/saved-result.js'),
      import('../src/cli/saved-thresholds.js'),
      import('../src/report/check/views.js'),
      import('../src/cli/exit-status.js'),
    ])
    const result = heldAgainst(await readResult(args.file), threshold)
    await this.show(CHECK_VIEWS, { result, file: args.file }, flags)
    const status = statusOfThresholds(0, result.thresholds)
    if (status !== 0) this.exit(status)
  }
}
