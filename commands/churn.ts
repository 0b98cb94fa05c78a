import { configFlags } from '../src/cli/config.js'
import { flagsOf } from '../src/cli/flags.js'
import { EXIT_STATUS } from '../src/cli/exit-status.js'
import { exportFlags, intervalFlags, outputFlags, ResultCommand } from '../src/cli/result-command.js'
import { thresholdFlags } from '../src/cli/thresholds.js'

export default class Churn extends ResultCommand {
  static override description = `Measure what moves, and what is lost, when members join, leave, restart or are replaced.

Keeps a steady open loop on a group while it changes, and says of every change how many flows moved to another process,
whether their own process was gone, where they went, what was lost meanwhile, and what the kernel's rule predicts.

Exit status: 0 good, 1 failed, 2 wrong usage, 3 not a valid measurement or a threshold cannot be told, 99 a threshold fails, 130 interrupted, after keeping and printing what was measured.`
  static override examples = [
    '<%= config.bin %> churn',
    "<%= config.bin %> churn -p 4 --change '2s:add' --change '4s:remove:0' --change '6s:restart:1' --change '8s:replace'",
    "<%= config.bin %> churn -p 4 --change '1s:stall:2' --change '3s:resume:2' --json | jq '.changes[].darkShare'",
    '<%= config.bin %> churn --protocol tcp -p 3 -f 300 -r 1000 --change 1s:stall:0 --change 2s:kill:0',
    "<%= config.bin %> churn -p 4 --change 2s:kill:1 --interval 250ms --json-lines | jq -c 'select(.marks) | [.toNs, .drops, .marks[].change]'",
  ]

  static override flags = {
    ...flagsOf('churn'),
    ...thresholdFlags,
    ...configFlags,
    ...outputFlags,
    ...intervalFlags,
    ...exportFlags,
  }

  override async run(): Promise<void> {
    const given = await this.parse(Churn)
    const flags = await this.configured('churn', given.flags)
    const [{ prepareChurn }, { CHURN_VIEWS }] = await Promise.all([
      import('../src/api/churn.js'),
      import('../src/report/churn/views.js'),
    ])
    await this.measureRuns(prepareChurn(flags), flags, {
      kind: 'churn',
      views: CHURN_VIEWS,
      statusOf: EXIT_STATUS.churn,
    })
  }
}
