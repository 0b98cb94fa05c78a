import * as Flags from '@oclif/core/flags'
import { ResultCommand } from '../src/cli/result-command.js'

export default class Doctor extends ResultCommand {
  static override summary =
    'Find out what this host, container or virtual machine can measure, and what limits it'
  static override description = `Tries what a run needs, and reads what limits it: a real group of 200 flows, io_uring, BPF programs, what system calls, the clock and sleeps cost, what a second of computing shows of steal, throttling and pauses, and the limits of this user and this kernel. Each row says what was found; where that is not as it should be, what it means and the command that changes it (docs/doctor.md). Takes about three seconds, sends over loopback only, and changes nothing.

Exit status: 0 reuseport can be measured here, 1 it cannot, 3 with --strict where a run would not be valid or that cannot be told, 2 wrong usage, 130 interrupted, after printing what was probed.`
  static override examples = [
    '<%= config.bin %> doctor',
    {
      description: 'In CI, before a job that measures',
      command: '<%= config.bin %> doctor --strict',
    },
    `<%= config.bin %> doctor --json | jq '.checks[] | select(.status != "ok") | {id, observed, cures}'`,
  ]
  static override flags = {
    strict: Flags.boolean({
      description: 'end with 3 where what a run is judged by, such as steal, is not ok or cannot be told',
    }),
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    const [{ diagnose }, { DOCTOR_VIEWS }, { watchInterrupts }, { ProgressLine }, { statusOfDoctor }] =
      await Promise.all([
        import('../src/api/doctor.js'),
        import('../src/report/doctor/views.js'),
        import('../src/cli/interrupt.js'),
        import('../src/cli/progress.js'),
        import('../src/cli/exit-status.js'),
      ])
    const interrupts = watchInterrupts(() => {})
    const progress = new ProgressLine(false)
    const result = await diagnose({
      signal: AbortSignal.any([interrupts.signal, this.output.gone]),
      onProgress: progress.say,
    }).finally(() => progress.end())
    await this.show(DOCTOR_VIEWS, { result }, flags)
    interrupts.release()
    const status = statusOfDoctor(result, flags.strict)
    if (status !== 0) this.exit(status)
  }
}
