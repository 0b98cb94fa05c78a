import { flagsOf } from '../src/cli/flags.js'
import { outputFlags, ResultCommand } from '../src/cli/result-command.js'
import type { Measurement } from '../src/cli/lifecycle.js'
import { textOptions } from '../src/cli/standard-output.js'
import { usageError } from '../src/errors.js'
import type { ShownResult, Views } from '../src/report/views.js'
import type { CompareResult } from '../src/result/compare-result.js'

export default class Compare extends ResultCommand {
  static override summary = 'Say whether one set of repetitions is better or worse than another'
  static override description = `Compares saved results of run or churn: files, folders, or patterns in quotes, each a set of repetitions. With --run twice, it measures both sides now, in pairs and in random order, which leaves out what the host does over time.

Of each metric it says how it changed, with an interval and a p-value that is adjusted for all of them, and whether that is better, worse, no worse, or cannot be told from these repetitions. The same flags on both sides show what the host changes by itself.

Exit status: 0 no worse or better, 99 worse beyond the bound, 3 cannot tell or results that are no measurement, 1 failed, 2 wrong usage, 130 interrupted, after keeping and printing what was measured.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> results/base results/new',
    "<%= config.bin %> <%= command.id %> 'base/*-runs.json' 'new/*-runs.json' --metric latency.response.p99 --bound 10%",
    "<%= config.bin %> <%= command.id %> --run '-p 4 -d 1s' --run '-p 4 -d 1s --dispatch shared'",
    {
      description: 'The noise floor of this host',
      command: "<%= config.bin %> <%= command.id %> --run '-p 4 -d 1s' --run '-p 4 -d 1s' --repeat 20",
    },
  ]
  static override strict = false
  static override usage = ['compare BASE NEW', "compare --run 'FLAGS' --run 'FLAGS'"]

  static override flags = { ...flagsOf('compare'), ...outputFlags }

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Compare)
    const { compareSets, readCompareFlags } = await import('../src/cli/compare-sets.js')
    const request = readCompareFlags(flags)
    if (request.runs.length > 0) {
      if (argv.length > 0)
        throw usageError(
          `--run measures both sides now: leave out ${argv.map(String).join(' ')}, or leave out --run to compare saved results.`,
        )
      const { comparePairs, planPairs } = await import('../src/cli/compare-runs.js')
      const { PAIRS_VIEWS } = await import('../src/report/compare/views.js')
      const planned = await planPairs(request)
      return this.#report(flags, PAIRS_VIEWS, (measuring) =>
        comparePairs(planned, this.config.version, measuring),
      )
    }
    const [base, next, ...more] = argv.map(String)
    if (base === undefined || next === undefined || more.length > 0)
      throw usageError(
        `compare takes two sets of results, and ${argv.length === 1 ? 'one was' : `${argv.length} were`} named: put a pattern in quotes, so that the shell leaves it whole, or name a folder.`,
      )
    const result = await compareSets([base, next], request, this.config.version)
    const { COMPARE_VIEWS } = await import('../src/report/compare/views.js')
    await this.#report(flags, COMPARE_VIEWS, () => Promise.resolve({ result }))
  }

  async #report<Shown extends ShownResult<CompareResult>>(
    flags: Measurement<Shown>['flags'] & { 'no-color': boolean },
    views: Views<Shown>,
    measure: Measurement<Shown>['measure'],
  ): Promise<void> {
    const [{ measureAndReport }, { EXIT_STATUS }] = await Promise.all([
      import('../src/cli/lifecycle.js'),
      import('../src/cli/exit-status.js'),
    ])
    const { result } = await measureAndReport(
      { kind: 'compare', views, flags, measure },
      this.output,
      textOptions(flags['no-color']),
    )
    this.output.check()
    const status = EXIT_STATUS.compare(result)
    if (status !== 0) this.exit(status)
  }
}
