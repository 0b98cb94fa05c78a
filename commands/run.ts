import { BaseCommand } from '../src/cli/base-command.js'
import { flagsOf } from '../src/cli/flags.js'
import { measureAndReport, outputFlags, statusOfResult } from '../src/cli/measurement.js'
import { planFromFlags } from '../src/cli/run-flags.js'
import type { RunOutcome } from '../src/experiment/run.js'
import type { ResultFiles } from '../src/result/store.js'

export default class Run extends BaseCommand {
  static override description = `Measure how flows spread over a SO_REUSEPORT group, and at what latency.

Starts a group of server processes that share one UDP port, sends from many source ports, and reports the flows and packets each process got, whether that spread is what a fair hash gives, and the latency of each process. With --rate beyond what the group can do, it tells whether all members drop alike, and why not. Traffic stays on this host.

Exit status: 0 good, 1 failed, 2 wrong usage, 3 not a valid measurement, 130 interrupted, after keeping and printing what was measured.`
  static override examples = [
    '<%= config.bin %> run --procs 4 --flows 10000',
    '<%= config.bin %> run -p 8 -f 100k -d 20s --in-flight 512',
    '<%= config.bin %> run -p 4 -f 1000 --requests 100 --json | jq .balance',
    '<%= config.bin %> run -p 4 -f 4000 --service-time 2ms --service-kind sleep --rate 4k',
  ]

  static override flags = {
    ...flagsOf('run'),
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Run)
    const { plan, supplied } = planFromFlags(flags)
    const { prepareTraffic } = await import('../src/experiment/traffic.js')
    const { runExperiment } = await import('../src/experiment/run.js')
    const traffic = prepareTraffic(plan)
    const { result } = await measureAndReport({
      kind: 'run',
      flags,
      measure: (signal, onProgress) =>
        runExperiment({ plan, traffic, supplied, toolVersion: this.config.version, signal, onProgress }),
      report: (outcome, files) => this.#report(outcome, files, flags),
    })
    const status = statusOfResult(result)
    if (status !== 0) this.exit(status)
  }

  async #report(
    outcome: RunOutcome,
    files: ResultFiles<'run'> | undefined,
    flags: { json: boolean; 'no-color': boolean },
  ) {
    const { result } = outcome
    if (flags.json) this.printJson(result)
    else {
      const { renderRunText } = await import('../src/report/text.js')
      const savedTo = Object.values(files?.paths ?? {})
      this.print(renderRunText(result, { ...this.outputStyle(flags['no-color']), savedTo }))
    }
    // Printed first: a full disk must not cost the user what was measured.
    if (!files) return
    const { membersCsv, flowsCsv } = await import('../src/report/csv.js')
    await files.write({
      json: `${JSON.stringify(result, null, 2)}\n`,
      membersCsv: membersCsv(result),
      flowsCsv: flowsCsv(outcome.flows),
    })
  }
}
