import * as Args from '@oclif/core/args'
import { ResultCommand } from '../src/cli/result-command.js'

export default class List extends ResultCommand {
  static override summary = 'List saved results: when, what, label, verdict, headline figures'
  static override description =
    'One line for each result in a folder, the newest last. Latencies are response times of open loops and service times of closed ones. JSON files that are no results of rpbench, or are damaged, are named and skipped.'
  static override examples = [
    '<%= config.bin %> list',
    '<%= config.bin %> list results/reference',
    '<%= config.bin %> list --json | jq -r \'.results[] | select(.label == "before") | .file\'',
  ]
  static override args = {
    folder: Args.string({ description: 'the folder of the results', default: 'results' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(List)
    const [{ readFolder }, { LIST_SCHEMA }, { LIST_VIEWS }] = await Promise.all([
      import('../src/files/result-folder.js'),
      import('../src/result/schema-names.js'),
      import('../src/report/list/views.js'),
    ])
    const result = {
      schema: LIST_SCHEMA,
      tool: { name: 'rpbench' as const, version: this.config.version },
      startedAt: new Date().toISOString(),
      folder: args.folder,
      ...readFolder(args.folder),
    } as const
    await this.show(LIST_VIEWS, { result }, flags)
  }
}
