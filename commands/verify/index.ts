import { configFlags } from '../../src/cli/config.js'
import { flagsOf } from '../../src/cli/flags.js'
import { EXIT_STATUS } from '../../src/cli/exit-status.js'
import { thresholdFlags } from '../../src/cli/thresholds.js'
import { outputFlags, ResultCommand } from '../../src/cli/result-command.js'

export default class Verify extends ResultCommand {
  static override summary = 'Put four claims about SO_REUSEPORT to the test on this machine'
  static override description = `One flow always reaches the same socket; different flows spread evenly; changing the number of sockets moves flows, as many as predicted; overload does not break the balance. Each is measured, and printed with its verdict and its evidence, in about a minute. Traffic stays on this host.

Exit status: 0 all hold, 99 one (or a threshold) does not, 3 one cannot be told, 2 wrong usage, 1 nothing could be measured, 130 interrupted, after keeping and printing what was measured.`
  static override examples = [
    '<%= config.bin %> verify',
    '<%= config.bin %> verify --claim affinity --claim balance -p 8',
    '<%= config.bin %> verify --steering consistent',
    "<%= config.bin %> verify --json | jq '.claims[] | {id, holds, why}'",
  ]

  static override flags = {
    ...flagsOf('verify'),
    ...thresholdFlags,
    ...configFlags,
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const given = await this.parse(Verify)
    const flags = await this.configured('verify', given.flags)
    const [{ prepareVerify }, { VERIFY_VIEWS }] = await Promise.all([
      import('../../src/api/verify.js'),
      import('../../src/report/verify/views.js'),
    ])
    const verify = prepareVerify(flags)
    await this.measureAndReport({
      kind: 'verify',
      views: VERIFY_VIEWS,
      flags,
      statusOf: EXIT_STATUS.verify,
      measure: async ({ signal, progress: { update } }) => ({
        result: await verify({ signal, onProgress: update }),
      }),
    })
  }
}
