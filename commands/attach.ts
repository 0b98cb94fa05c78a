import { usageError } from '../src/errors.js'
import type { FlagTexts } from '../src/plan/parameters/texts.js'
import { flagsOf } from '../src/cli/flags.js'
import { EXIT_STATUS } from '../src/cli/exit-status.js'
import { intervalFlags, outputFlags, ResultCommand } from '../src/cli/result-command.js'

export default class Attach extends ResultCommand {
  static override summary = 'Watch a live reuseport group that is not ours, and say who is in it'
  static override description = `Looks at the sockets on a port, whoever has them: who holds and reads each, what waits in its queue, what the kernel drops, who comes and goes. Sends nothing. Each finding has a next step (docs/attach.md).

How much is seen depends on what this user may do, and the report says what the next level needs:
  look: sockets, queues, drops, the backlog of TCP; any user. Who holds and reads them: root, or the user of the server. Touches nothing.
  count: flows and packets of each member, and whether they spread as a fair hash spreads them. For this a filter is put on each of the server's sockets, which counts and lets everything pass; it comes off at the end.
  explain: whether SO_REUSEPORT is set, the order of the sockets, a program that picks the member, and which threads take from each socket. For this a program runs in the kernel where sockets are read, until the end.

It goes as far as it may: as root that is all of it, filters on the sockets of others included. --level look keeps it from that.

What an rpbench left that was killed is named when it is in the way; --detach takes it off.

Exit status: 0 watched, 1 failed, 2 wrong usage or nobody is bound to the port, 130 interrupted, after keeping and printing what was seen.`
  static override examples = [
    {
      description: 'Who answers DNS here, and is anything dropped?',
      command: '<%= config.bin %> <%= command.id %> --port 53',
    },
    {
      description: 'The listeners of a web server for a minute',
      command: '<%= config.bin %> <%= command.id %> --port 443 --tcp -d 60s',
    },
    {
      description: 'A group in a container, by a process in it',
      command: '<%= config.bin %> <%= command.id %> --port 53 --pid 4711',
    },
    {
      description: 'Take off what a killed rpbench left',
      command: '<%= config.bin %> <%= command.id %> --port 53 --detach',
    },
    {
      description: 'What is dropped, second by second',
      command:
        "<%= config.bin %> <%= command.id %> --port 53 --interval 1s --json-lines | jq -c 'select(.toNs) | [.toNs, [.members[].drops]]'",
    },
  ]

  static override flags = { ...flagsOf('attach'), ...outputFlags, ...intervalFlags }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Attach)
    if (flags.detach) return this.#detach(flags)
    const [{ prepareAttach }, { ATTACH_VIEWS }, { watchedPrinter }, { refuseLines }] = await Promise.all([
      import('../src/api/attach.js'),
      import('../src/report/attach/views.js'),
      import('../src/cli/watched-output.js'),
      import('../src/cli/interval-output.js'),
    ])
    const prepared = prepareAttach(flags)
    refuseLines(flags, prepared.intervalNs)
    await this.measureAndReport({
      kind: 'attach',
      views: ATTACH_VIEWS,
      flags,
      statusOf: EXIT_STATUS.attach,
      measure: ({ signal, progress }) =>
        prepared.watch({ signal, onInterval: watchedPrinter(flags, progress, this.output) }),
    })
  }

  /** Tells what could not be done after what was. */
  async #detach(flags: FlagTexts<'attach'> & { json: boolean; 'json-lines': boolean }): Promise<void> {
    if (flags.json || flags['json-lines'])
      throw usageError('--detach says what it did in a sentence: leave --json and --json-lines out.')
    const [{ detachFilters }, { detachedWords }] = await Promise.all([
      import('../src/api/attach.js'),
      import('../src/cli/detached-words.js'),
    ])
    const groups = detachFilters(flags)
    await this.print(detachedWords(groups))
    const notes = groups.flatMap((group) => group.notes)
    for (const note of notes) this.notice(`rpbench: ${note}`)
    if (notes.length > 0) this.exit(1)
  }
}
