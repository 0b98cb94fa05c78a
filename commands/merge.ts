import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { exportFlags, ResultCommand } from '../src/cli/result-command.js'
import { thresholdFlags } from '../src/cli/thresholds.js'

export default class Merge extends ResultCommand {
  static override summary = 'Make one result of those of all shards of a plan'
  static override description = `Reads the results of run --shard 1/N … N/N and makes one of them, as if one client had sent the flows of all. Nothing is lost: histograms are added cell by cell, and balance, affinity, residuals and books are computed anew from the counts of all. The validity is the worst that any shard has, with each finding named. Nothing is measured.

What was read of each host apart stays in the results of the shards: the kernel's counts, intervals, memory. Where each shard had a group of its own, members are numbered on from shard to shard.

Refused is what does not fit: parts of several plans, a part twice or missing, results that are no shards, those of other versions.

Exit status: 0 done, 1 a shard failed, 2 wrong usage, 3 not a valid measurement, 99 a threshold fails, 130 a shard was interrupted.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> parts --output whole.json',
    '<%= config.bin %> <%= command.id %> parts/*.json --json | jq .balance.verdict',
    "<%= config.bin %> <%= command.id %> parts --threshold 'latency.response.p99<2ms' --threshold 'books.unexplained==0'",
  ]
  static override strict = false
  static override flags = {
    output: Flags.string({
      char: 'o',
      description: 'file to write the result to, beside standard output',
      helpValue: 'FILE',
      helpGroup: 'OUTPUT',
    }),
    label: Flags.string({
      description: 'a name for the result, kept in it; rpbench list shows it',
      helpValue: 'TEXT',
      helpGroup: 'OUTPUT',
    }),
    ...exportFlags,
    ...thresholdFlags,
  }
  static override args = {
    file: Args.string({ description: 'JSON files of all shards, or folders of them', required: true }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Merge)
    const [{ mergeResults }, { MERGE_VIEWS }, { EXIT_STATUS }] = await Promise.all([
      import('../src/api/merge.js'),
      import('../src/report/run/views.js'),
      import('../src/cli/exit-status.js'),
    ])
    const { result, skipped } = await mergeResults(argv as string[], flags)
    for (const why of skipped) this.notice(`rpbench: skipped: ${why}`)
    await this.measureAndReport({
      kind: 'merge',
      views: MERGE_VIEWS,
      flags: { ...flags, save: false, quiet: true },
      statusOf: EXIT_STATUS.run,
      measure: async () => ({ result }),
    })
  }
}
