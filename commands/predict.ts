import { flagsOf } from '../src/cli/flags.js'
import { ResultCommand } from '../src/cli/result-command.js'

export default class Predict extends ResultCommand {
  static override summary = 'Say what the kernel’s rule will do, without any traffic'
  static override description = `Computes from a model of the kernel's selection rule where flows go: how many move when members join, leave,
restart or are replaced, where they land, and the least that any scheme could move; or how evenly N flows spread.
Nothing is sent or measured. A restarted member is a new process: its flows count as orphans wherever they land.`
  static override examples = [
    {
      description: 'What moves when a fifth worker joins four',
      command: '<%= config.bin %> <%= command.id %> --from 4 --to 5',
    },
    {
      description: 'The same on an old kernel',
      command: '<%= config.bin %> <%= command.id %> --from 4 --to 5 --kernel 3.10',
    },
    {
      description: 'The same with consistent steering',
      command: '<%= config.bin %> <%= command.id %> --from 4 --to 5 --steering consistent',
    },
    {
      description: 'The first of eight workers goes away',
      command: '<%= config.bin %> <%= command.id %> -p 8 --remove 0',
    },
    {
      description: 'One worker restarts, the new one before the old one stops',
      command: '<%= config.bin %> <%= command.id %> -p 8 --restart 1 --order start-then-stop',
    },
    {
      description: 'All workers are replaced, old ones closed in reverse order',
      command: '<%= config.bin %> <%= command.id %> -p 8 --replace reverse',
    },
    {
      description: 'How evenly 10,000 flows spread over 4 workers',
      command: '<%= config.bin %> <%= command.id %> -p 4 --flows 10k',
    },
  ]
  static override flags = flagsOf('predict')

  async run(): Promise<void> {
    const { flags } = await this.parse(Predict)
    const [{ predictFrom }, { PREDICT_VIEWS }] = await Promise.all([
      import('../src/api/predict.js'),
      import('../src/report/predict/views.js'),
    ])
    await this.show(PREDICT_VIEWS, { result: predictFrom(flags) }, flags)
  }
}
