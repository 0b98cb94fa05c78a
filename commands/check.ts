import * as Args from '@oclif/core/args'
import { configFlags } from '../src/cli/config.js'
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
  static override strict = false
  static override flags = { ...thresholdFlags, ...configFlags }
  static override args = {
    file: Args.string({ description: 'JSON files of results, pages of them, or folders', required: true }),
  }

  async run(): Promise<void> {
    const { argv, flags: given } = await this.parse(Check)
    const [
      { readResults },
      { pooled },
      { commandOf, heldAgainst },
      { CHECK_VIEWS },
      { INVALID_STATUS, statusOfThresholds },
    ] = await Promise.all([
      import('../src/files/result-files.js'),
      import('../src/assembly/pooled-results.js'),
      import('../src/api/check.js'),
      import('../src/report/check/views.js'),
      import('../src/cli/exit-status.js'),
    ])
    const { saved, skipped } = await readResults(argv as string[])
    for (const { why } of skipped) this.notice(`rpbench: skipped: ${why}`)
    const [one, other] = pooled(saved)
    if (one === undefined || other !== undefined)
      throw usageError(
        `These are results of several plans, such as ${one?.file ?? ''} and ${other?.file ?? ''}: check those of one plan at a time.`,
      )
    const flags = await this.configured(commandOf(one.result), given, Object.keys(thresholdFlags))
    if (flags.threshold === undefined)
      throw usageError("Say what to check: --threshold with a limit, such as 'loss.share<0.1%'.")
    const result = heldAgainst(one.result, flags)
    await this.show(CHECK_VIEWS, { result, file: one.file }, flags)
    // Nothing passes for want of data: what was named and cannot be read may be what fails.
    const status = statusOfThresholds(
      skipped.some(({ named }) => named) ? INVALID_STATUS : 0,
      result.thresholds,
    )
    if (status !== 0) this.exit(status)
  }
}
