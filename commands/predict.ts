import { Flags } from '@oclif/core'
import { BaseCommand } from '../src/cli/base-command.js'
import { usageError } from '../src/errors.js'
import type { Change, StartStopOrder } from '../src/kernel/group-array.js'
import { PREDICTED_STEERINGS, steeringsInWords, type PredictedSteering } from '../src/plan/steering.js'

const CHANGES = 'CHANGE OF THE GROUP'

export default class Predict extends BaseCommand {
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
  static override flags = {
    from: Flags.string({
      helpValue: 'N',
      char: 'p',
      aliases: ['procs'],
      default: '4',
      description: 'members of the group before (also --procs)',
    }),
    to: Flags.string({
      helpValue: 'N',
      description: 'members afterwards; fewer than before: the newest leave',
      helpGroup: CHANGES,
    }),
    remove: Flags.string({
      helpValue: 'INDEX',
      description: 'index of the member that leaves',
      helpGroup: CHANGES,
    }),
    restart: Flags.string({
      helpValue: 'INDEX',
      description: 'index of the member that restarts',
      helpGroup: CHANGES,
    }),
    replace: Flags.option({
      options: ['fifo', 'reverse', 'rolling'] as const,
      description:
        'all members; fifo and reverse: all new ones start, then the old ones close in bind order or in reverse; rolling: one by one',
      helpGroup: CHANGES,
    })(),
    order: Flags.option({
      options: ['stop-then-start', 'start-then-stop'] as const,
      description: 'of old and new member, with --restart and --replace rolling [default: stop-then-start]',
      helpGroup: CHANGES,
    })(),
    flows: Flags.string({
      helpValue: 'N',
      char: 'f',
      description: 'predict how evenly this many flows spread, such as 10k',
    }),
    kernel: Flags.string({
      helpValue: 'VERSION',
      default: 'this',
      description: 'whose rule: this (the running kernel) or a version; the rule changed in 3.9 and 4.5',
    }),
    steering: Flags.option({
      options: PREDICTED_STEERINGS,
      default: 'hash' as const satisfies PredictedSteering,
      description: `what picks the member: ${steeringsInWords(PREDICTED_STEERINGS)}`,
    })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Predict)
    const [{ release }, { ruleOfKernel }, { predictChange, predictSpreadOf }, { parseCount }] =
      await Promise.all([
        import('node:os'),
        import('../src/kernel/version.js'),
        import('../src/analysis/prediction/prediction.js'),
        import('../src/units/parse.js'),
      ])
    const { PREDICT_SCHEMA } = await import('../src/result/predict-result.js')
    const kernel = flags.kernel === 'this' ? release() : flags.kernel
    const rule = ruleOfKernel(kernel)
    const { steering } = flags
    const asked = askedFor(flags)
    const from = parseCount(flags.from, { flag: '--from' })
    if (asked === 'flows' && steering !== 'hash') {
      throw usageError(
        '--flows predicts the spread of the kernel’s hash: leave out --steering, or name a change.',
      )
    }
    const count = (text = ''): number =>
      parseCount(text, { flag: `--${asked}`, min: asked === 'flows' ? 1 : 0 })
    const prediction =
      asked === 'flows'
        ? predictSpreadOf(from, count(flags.flows), rule)
        : predictChange(from, changeOf(asked, flags, count), rule, steering)
    const tool = { name: 'rpbench' as const, version: this.config.version }
    const startedAt = new Date().toISOString()
    const result = { schema: PREDICT_SCHEMA, tool, startedAt, kernel, ...prediction } as const
    if (flags.json) {
      this.printJson(result)
      return
    }
    const { renderPredictText } = await import('../src/report/predict-text.js')
    this.print(renderPredictText(result, this.outputStyle(flags['no-color'])))
  }
}

interface ChangeFlags {
  to: string | undefined
  remove: string | undefined
  restart: string | undefined
  replace: 'fifo' | 'reverse' | 'rolling' | undefined
  order: StartStopOrder | undefined
  flows: string | undefined
}

const QUESTIONS = ['to', 'remove', 'restart', 'replace', 'flows'] as const
type Question = (typeof QUESTIONS)[number]

function askedFor(flags: ChangeFlags): Question {
  const [asked, another] = QUESTIONS.filter((name) => flags[name] !== undefined)
  if (asked === undefined) {
    throw usageError(
      'Say what to predict: --to, --remove, --restart or --replace for a change, --flows for a spread.',
    )
  }
  if (another !== undefined) {
    throw usageError(`--${asked} and --${another} are two questions: ask them one at a time.`)
  }
  if (flags.order !== undefined && asked !== 'restart' && flags.replace !== 'rolling') {
    throw usageError('--order goes with --restart or --replace rolling.')
  }
  return asked
}

function changeOf(
  asked: Exclude<Question, 'flows'>,
  { to, remove, restart, replace, order = 'stop-then-start' }: ChangeFlags,
  count: (text?: string) => number,
): Change {
  if (asked === 'to') return { kind: 'resize', to: count(to) }
  if (asked === 'remove') return { kind: 'remove', member: count(remove) }
  if (asked === 'restart') return { kind: 'restart', member: count(restart), order }
  return replace === 'rolling' || replace === undefined
    ? { kind: 'replace', manner: 'rolling', order }
    : { kind: 'replace', manner: replace }
}
