import { BaseCommand } from '../../src/cli/base-command.js'
import { CLAIM_FAILED_STATUS } from '../../src/cli/measurement.js'

export default class VerifySelectors extends BaseCommand {
  static override summary = 'test how this kernel selects the socket of a group'
  static override description = `Re-runs what the kernel's own selftests assert of SO_REUSEPORT groups of UDP sockets: what an attached program's
index reaches, who is preferred over whom, who may join, and how the group's array is ordered. Takes a second or two and
sends over loopback only. Some cases need root. Exit status: 0 all that can be tested passed, 99 a case failed.`
  static override examples = [
    '<%= config.bin %> verify selectors',
    `<%= config.bin %> verify selectors --json | jq '.cases[] | select(.outcome != "pass")'`,
  ]

  override async run(): Promise<void> {
    const { flags } = await this.parse(VerifySelectors)
    const { verifySelectors } = await import('../../src/experiment/selectors.js')
    const result = verifySelectors(this.config.version)
    if (flags.json) this.printJson(result)
    else {
      const { renderSelectorsText } = await import('../../src/report/selectors-text.js')
      this.print(renderSelectorsText(result, this.outputStyle(flags['no-color'])))
    }
    if (result.cases.some(({ outcome }) => outcome === 'fail')) this.exit(CLAIM_FAILED_STATUS)
  }
}
