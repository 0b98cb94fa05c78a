import { EXIT_STATUS } from '../../src/cli/exit-status.js'
import { outputFlags, ResultCommand } from '../../src/cli/result-command.js'

export default class VerifySelectors extends ResultCommand {
  static override summary = 'Test how this kernel selects the socket of a group'
  static override description = `Re-runs what the kernel's own selftests assert of SO_REUSEPORT groups, of UDP sockets and of TCP listeners: what an attached
program's index reaches, who is preferred over whom, who may join, how the group's array is ordered, and what becomes of connections that
wait at a listener that closes. Takes a few seconds and sends over loopback only. Some cases need root.

Exit status: 0 all that can be tested passed, 99 a case failed.`
  static override examples = [
    '<%= config.bin %> verify selectors',
    `<%= config.bin %> verify selectors --json | jq '.cases[] | select(.outcome != "pass")'`,
  ]

  static override flags = { label: outputFlags.label }

  override async run(): Promise<void> {
    const { flags } = await this.parse(VerifySelectors)
    const [{ refuseLabel }, { verifySelectors }, { SELECTORS_VIEWS }] = await Promise.all([
      import('../../src/cli/lifecycle.js'),
      import('../../src/experiment/selectors.js'),
      import('../../src/report/selectors/views.js'),
    ])
    const { label } = flags
    refuseLabel(label)
    const result = { ...verifySelectors(this.config.version), ...(label !== undefined && { label }) }
    await this.show(SELECTORS_VIEWS, { result }, flags)
    const status = EXIT_STATUS.selectors(result)
    if (status !== 0) this.exit(status)
  }
}
