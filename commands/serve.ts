import * as Flags from '@oclif/core/flags'
import { flagsOf } from '../src/cli/flags.js'
import { ResultCommand } from '../src/cli/result-command.js'
import { textOptions } from '../src/cli/standard-output.js'

export default class Serve extends ResultCommand {
  static override summary = 'Serve a group to clients on other hosts'
  static override description = `Starts a group of servers that share one UDP port, and nothing else: the load comes from rpbench run --target on another host, or on this one. Prints where it serves and the command that the client types. A client needs the token: with it, it tells the group of its run over a control connection (TCP, encrypted), and gets the counters of each member. Members answer only datagrams of the run that they were told of; one client is served at a time, one after another. Only this host reaches it where nothing is said; --host ADDRESS or --listen any opens it to others (docs/serve.md).

Exit status: 0 ended by Ctrl-C, SIGTERM or --duration, after printing what was served; 1 a member died, or it could not serve, 2 wrong usage.`
  static override examples = [
    '<%= config.bin %> serve --procs 4 --port 9000',
    {
      description: 'For clients on other hosts',
      command: '<%= config.bin %> serve --procs 4 --port 9000 --listen any',
    },
    {
      description: 'For a script: the token from a file, what was served as JSON',
      command: '<%= config.bin %> serve --port 9000 --token-file token --duration 60s --json',
    },
  ]
  static override flags = {
    ...flagsOf('serve'),
    quiet: Flags.boolean({ char: 'q', description: 'no live table', helpGroup: 'OUTPUT' }),
  }

  override async run(): Promise<void> {
    const { flags } = await this.parse(Serve)
    const [{ prepareServe }, { SERVE_VIEWS }, { watchInterrupts }, { ServeScreen }] = await Promise.all([
      import('../src/api/serve.js'),
      import('../src/report/serve/views.js'),
      import('../src/cli/interrupt.js'),
      import('../src/cli/serve-screen.js'),
    ])
    const prepared = prepareServe(flags)
    const interrupts = watchInterrupts(() => {})
    const options = textOptions(flags['no-color'])
    const screen = new ServeScreen(prepared, {
      quiet: flags.quiet,
      // Standard output holds the result alone then.
      greet: (text) => (flags.json ? this.notice(text) : void this.output.write(`${text}\n`)),
      options,
    })
    const result = await prepared
      .serve({
        signal: AbortSignal.any([interrupts.signal, this.output.gone]),
        onServing: screen.greet,
        onState: screen.update,
        onRun: screen.keep,
      })
      .finally(() => screen.end())
    await this.show(SERVE_VIEWS, { result }, flags)
    interrupts.release()
    if (result.stopped !== undefined) this.exit(1)
  }
}
