import * as Flags from '@oclif/core/flags'
import { configFlags } from '../src/cli/config.js'
import { flagsOf } from '../src/cli/flags.js'
import { EXIT_STATUS } from '../src/cli/exit-status.js'
import { exportFlags, intervalFlags, outputFlags, ResultCommand } from '../src/cli/result-command.js'
import { thresholdFlags } from '../src/cli/thresholds.js'

export default class Run extends ResultCommand {
  static override description = `Measure how flows spread over a SO_REUSEPORT group, and at what latency.

Starts a group of server processes that share one UDP port, sends from many source ports, and reports the flows and packets each process got, whether that spread is what a fair hash gives, and the latency of each process. With --rate beyond what the group can do, it tells whether all members drop alike, and why not. Traffic stays on this host.

Exit status: 0 good, 1 failed, 2 wrong usage, 3 not a valid measurement or a threshold cannot be told, 99 a threshold fails, 130 interrupted, after keeping and printing what was measured.`
  static override examples = [
    '<%= config.bin %> run --procs 4 --flows 10000',
    '<%= config.bin %> run -p 8 -f 100k -d 20s --in-flight 512',
    '<%= config.bin %> run -p 4 -f 1000 --requests 100 --json | jq .balance',
    '<%= config.bin %> run -p 4 -f 1000 -d 1s --repeat 10',
    '<%= config.bin %> run -d 30s --interval 1s',
    '<%= config.bin %> run -p 4 -f 10k --protocol tcp --requests-per-connection 1',
    '<%= config.bin %> run --target 127.0.0.1:80 --protocol http --path / -f 1000',
    '<%= config.bin %> run -p 4 -f 4000 --service-time 2ms --service-kind sleep --rate 4k',
  ]

  static override flags = {
    ...flagsOf('run'),
    ...thresholdFlags,
    ...configFlags,
    ...outputFlags,
    'flows-csv': Flags.boolean({
      description: 'write a file with a row for each flow; unless told, up to a million flows',
      allowNo: true,
      helpGroup: 'OUTPUT',
    }),
    ...intervalFlags,
    ...exportFlags,
  }

  override async run(): Promise<void> {
    const given = await this.parse(Run)
    const flags = await this.configured('run', given.flags)
    const [{ prepareRun }, { runViews }] = await Promise.all([
      import('../src/api/run.js'),
      import('../src/report/run/views.js'),
    ])
    const runs = prepareRun(flags)
    await this.measureRuns(runs, flags, {
      kind: 'run',
      views: runViews(runs.flows, flags['flows-csv']),
      statusOf: EXIT_STATUS.run,
    })
  }
}
