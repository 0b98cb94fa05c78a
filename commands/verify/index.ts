import { BaseCommand } from '../../src/cli/base-command.js'
import { flagsOf } from '../../src/cli/flags.js'
import { measureAndReport, outputFlags, statusOfClaims } from '../../src/cli/measurement.js'
import { planVerify } from '../../src/cli/verify-flags.js'
import type { ResultFiles } from '../../src/result/store.js'
import type { ClaimsResult } from '../../src/result/verify-result.js'

export default class Verify extends BaseCommand {
  static override summary = 'Put four claims about SO_REUSEPORT to the test on this machine'
  static override description = `One flow always reaches the same socket; different flows spread evenly; changing the number of sockets moves flows, as many as predicted; overload does not break the balance. Each is measured, and printed with its verdict and its evidence, in about a minute. Traffic stays on this host.

Exit status: 0 all hold, 99 one does not, 3 one cannot be told, 2 wrong usage, 1 nothing could be measured, 130 interrupted, after keeping and printing what was measured.`
  static override examples = [
    '<%= config.bin %> verify',
    '<%= config.bin %> verify --claim affinity --claim balance -p 8',
    '<%= config.bin %> verify --steering consistent',
    "<%= config.bin %> verify --json | jq '.claims[] | {id, holds, why}'",
  ]

  static override flags = {
    ...flagsOf('verify'),
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Verify)
    const { mayLoadEbpf } = await import('../../src/steering/bpf.js')
    const mayObserve = mayLoadEbpf()
    const { plan, supplied } = planVerify(flags, mayObserve)
    const { verifyClaims } = await import('../../src/experiment/verify.js')
    const result = await measureAndReport({
      kind: 'verify',
      flags,
      measure: (signal, onProgress) =>
        verifyClaims({ plan, supplied, toolVersion: this.config.version, signal, onProgress }),
      report: (measured, files) => this.#report(measured, files, flags),
    })
    const status = statusOfClaims(result)
    if (status !== 0) this.exit(status)
  }

  async #report(
    result: ClaimsResult,
    files: ResultFiles<'verify'> | undefined,
    flags: { json: boolean; 'no-color': boolean },
  ) {
    if (flags.json) this.printJson(result)
    else {
      const { renderVerifyText } = await import('../../src/report/verify-text.js')
      const savedTo = Object.values(files?.paths ?? {})
      this.print(renderVerifyText(result, { ...this.outputStyle(flags['no-color']), savedTo }))
    }
    // Printed first: a full disk must not cost the user what was measured.
    await files?.write({ json: `${JSON.stringify(result, null, 2)}\n` })
  }
}
