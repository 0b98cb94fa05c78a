import { BaseCommand } from '../src/cli/base-command.js'
import { flagsOf } from '../src/cli/flags.js'
import { planChurn } from '../src/cli/churn-flags.js'
import { measureAndReport, outputFlags, statusOfResult } from '../src/cli/measurement.js'
import type { ChurnResult } from '../src/result/churn-result.js'
import type { ResultFiles } from '../src/result/store.js'

export default class Churn extends BaseCommand {
  static override description = `Measure what moves, and what is lost, when members join, leave, restart or are replaced.

Keeps a steady open loop on a group while it changes, and says of every change how many flows moved to another process,
whether their own process was gone, where they went, what was lost meanwhile, and what the kernel's rule predicts.`
  static override examples = [
    '<%= config.bin %> churn',
    "<%= config.bin %> churn -p 4 --change '2s:add' --change '4s:remove:0' --change '6s:restart:1' --change '8s:replace'",
    "<%= config.bin %> churn --change '1s:stall:2' --change '3s:resume:2' --json | jq '.changes[].darkShare'",
  ]

  static override flags = {
    ...flagsOf('churn'),
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Churn)
    const { plan, changes, supplied } = planChurn(flags)
    const { prepareTraffic } = await import('../src/experiment/traffic.js')
    const { churnExperiment } = await import('../src/experiment/churn.js')
    const traffic = prepareTraffic(plan)
    const result = await measureAndReport({
      kind: 'churn',
      flags,
      measure: (signal, onProgress) =>
        churnExperiment({
          plan,
          changes,
          traffic,
          supplied,
          toolVersion: this.config.version,
          signal,
          onProgress,
        }),
      report: (measured, files) => this.#report(measured, files, flags),
    })
    const status = statusOfResult(result)
    if (status !== 0) this.exit(status)
  }

  async #report(
    result: ChurnResult,
    files: ResultFiles<'churn'> | undefined,
    flags: { json: boolean; 'no-color': boolean },
  ) {
    if (flags.json) this.printJson(result)
    else {
      const { renderChurnText } = await import('../src/report/churn-text.js')
      const savedTo = Object.values(files?.paths ?? {})
      this.print(renderChurnText(result, { ...this.outputStyle(flags['no-color']), savedTo }))
    }
    // Printed first: a full disk must not cost the user what was measured.
    if (!files) return
    const { changesCsv } = await import('../src/report/changes-csv.js')
    await files.write({ json: `${JSON.stringify(result, null, 2)}\n`, changesCsv: changesCsv(result) })
  }
}
