import { EXIT_STATUS } from '../src/cli/exit-status.js'
import { flagsOf } from '../src/cli/flags.js'
import { outputFlags, ResultCommand } from '../src/cli/result-command.js'
import { usageError } from '../src/errors.js'

const COMPARE = { kind: 'compare', statusOf: EXIT_STATUS.compare } as const

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
    const { compareSets, readCompareTexts } = await import('../src/api/compare.js')
    const request = readCompareTexts(flags)
    if (request.runs.length > 0) {
      if (argv.length > 0)
        throw usageError(
          `--run measures both sides now: leave out ${argv.map(String).join(' ')}, or leave out --run to compare saved results.`,
        )
      const { pairsFromFlags } = await import('../src/cli/compare-runs.js')
      const { PAIRS_VIEWS } = await import('../src/report/compare/views.js')
      const compareRuns = await pairsFromFlags(request)
      return this.measureAndReport({
        ...COMPARE,
        views: PAIRS_VIEWS,
        flags,
        measure: ({ signal, progress, keep }) =>
          compareRuns({ signal, onProgress: progress.update, onResult: keep }),
      })
    }
    const [base, next, ...more] = argv.map(String)
    if (base === undefined || next === undefined || more.length > 0)
      throw usageError(
        `compare takes two sets of results, and ${argv.length === 1 ? 'one was' : `${argv.length} were`} named: put a pattern in quotes, so that the shell leaves it whole, or name a folder.`,
      )
    const { readResultSet } = await import('../src/files/result-set.js')
    const result = compareSets([await readResultSet(base), await readResultSet(next)], request)
    const { COMPARE_VIEWS } = await import('../src/report/compare/views.js')
    await this.measureAndReport({
      ...COMPARE,
      views: COMPARE_VIEWS,
      flags,
      measure: async () => ({ result }),
    })
  }
}
