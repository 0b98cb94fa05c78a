import * as Flags from '@oclif/core/flags'
import { configFlags } from '../src/cli/config.js'
import { flagsOf } from '../src/cli/flags.js'
import { EXIT_STATUS } from '../src/cli/exit-status.js'
import { thresholdFlags } from '../src/cli/thresholds.js'
import { outputFlags, ResultCommand } from '../src/cli/result-command.js'
import { usageError } from '../src/errors.js'
import type { SweepResult } from '../src/result/sweep-result.js'

export default class Sweep extends ResultCommand {
  static override description = `Measure how throughput, latency, loss and balance change along processes, rate, flows or any other flag of run.

Every flag of run takes a list (1,2,4), a range (10k..50k/10k), a range that grows by a factor (1..16*2), or these mixed; each combination is a point. Flags whose values hold commas, such as --source-addresses, take ; between two of them. Points run in a shuffled order, once per repetition. With --find, the highest rate at which a goal holds is searched at each point.

Exit status: 0 good, 1 nothing could be measured, 2 wrong usage, 3 not one valid measurement or a threshold cannot be told, 99 a threshold fails, 130 interrupted, after keeping and printing what was measured.`
  static override examples = [
    '<%= config.bin %> sweep --procs 1,2,4,8 --flows 1k,10k',
    '<%= config.bin %> sweep -p 4 --rate 10k..100k/10k --steering hash,random --repeat 5',
    "<%= config.bin %> sweep --procs 1,2,4 --find 'loss<0.1% && p99<5ms'",
    '<%= config.bin %> sweep --resume results/20261122T101300Z-sweep.json',
  ]

  static override flags = {
    resume: Flags.string({
      description: 'go on with a sweep that was stopped, from its JSON file; its flags are in there',
      helpValue: 'FILE',
      helpGroup: 'SWEEP',
    }),
    yes: Flags.boolean({
      char: 'y',
      description: 'start without asking, also what takes over an hour',
      helpGroup: 'SWEEP',
    }),
    ...flagsOf('sweep'),
    ...thresholdFlags,
    ...configFlags,
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const { flags: given, metadata } = await this.parse(Sweep)
    // What is resumed has its flags in its file.
    const flags = given.resume === undefined ? await this.configured('sweep', given) : given
    const { resume, ...others } = flags
    if (resume !== undefined) {
      const beside = [...Object.keys(flagsOf('sweep')), 'output'].find(
        (name) => others[name as keyof typeof others] !== undefined && !metadata.flags[name]?.setFromDefault,
      )
      if (beside !== undefined)
        throw usageError(
          `--resume takes its flags from the file: leave out --${beside}, or start a new sweep.`,
        )
    }
    const [{ prepareSweep, preparedSweep }, { consentToSweep, resumedSweep }, { SWEEP_VIEWS }] =
      await Promise.all([
        import('../src/api/sweep.js'),
        import('../src/cli/sweep-session.js'),
        import('../src/report/sweep/views.js'),
      ])
    const resumed = resume === undefined ? undefined : await resumedSweep(resume, await this.#origin())
    const sweep = resumed ? preparedSweep(resumed, flags) : prepareSweep(others)
    if (!flags.quiet) this.#tellOfSkipped(sweep.plan.skipped)
    await consentToSweep(sweep, flags.yes)
    await this.measureAndReport({
      kind: 'sweep',
      views: SWEEP_VIEWS,
      // What is resumed keeps its name.
      flags: { ...flags, label: flags.label ?? resumed?.earlier?.label },
      ...(resumed && { savedAs: resumed.savedAs }),
      statusOf: EXIT_STATUS.sweep,
      measure: ({ signal, progress, keep }) =>
        sweep.measure({ signal, onProgress: progress.update, onResult: (result) => keep({ result }) }),
    })
  }

  async #origin() {
    const { hostIdentity } = await import('../src/host/identity.js')
    return { toolVersion: this.config.version, host: hostIdentity() }
  }

  #tellOfSkipped(skipped: SweepResult['skipped']): void {
    const [first] = skipped
    if (!first) return
    const which = Object.entries(first.flags).map(([flag, value]) => `--${flag} ${value}`)
    const more =
      skipped.length > 1 ? `${skipped.length} combinations are left out; the first, ` : 'Left out: '
    this.notice(`rpbench: ${more}${which.join(' ')}: ${first.reason}`)
  }
}
