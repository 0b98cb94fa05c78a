import * as Flags from '@oclif/core/flags'
import type { PreparedRuns } from '../api/prepared-runs.js'
import type { MeasuringCommand } from '../plan/metrics/row.js'
import { OwnNetworkError } from '../plan/own-network.js'
import type { ExportFlag, ShownResult, Views } from '../report/views.js'
import type { ChurnResult } from '../result/churn-result.js'
import type { RunResult } from '../result/run-result.js'
import type { ThresholdResult } from '../result/thresholds.js'
import { BaseCommand } from './base-command.js'
import { withConfig, type Configured } from './config.js'
import type { Measurement } from './lifecycle.js'
import { textOptions } from './standard-output.js'

/** The flags of every command that measures, on what becomes of its result. */
export const outputFlags = {
  output: Flags.string({
    char: 'o',
    description: 'directory for the JSON and CSV files',
    default: 'results',
    helpValue: 'DIR',
    helpGroup: 'OUTPUT',
  }),
  save: Flags.boolean({
    description: 'write the files',
    default: true,
    allowNo: true,
    helpGroup: 'OUTPUT',
  }),
  label: Flags.string({
    description: 'a name for the result, kept in it; rpbench list shows it',
    helpValue: 'TEXT',
    helpGroup: 'OUTPUT',
  }),
  quiet: Flags.boolean({ char: 'q', description: 'no progress', helpGroup: 'OUTPUT' }),
}

/** The flags of the commands that can divide their measured phase. */
export const intervalFlags = {
  'json-lines': Flags.boolean({
    description: 'print each interval as a line of JSON as it ends, and the result as the last line',
    helpGroup: 'OUTPUT',
  }),
}

/** The flags that name a file for what is only written where it is asked for. */
export const exportFlags = {
  hgrm: Flags.string({
    description: 'also write the percentile distribution of the latency, in µs, for plotters of HdrHistogram',
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
  }),
  'hdr-log': Flags.string({
    description: "also write each member's latency histogram, as a log of HdrHistogram",
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
  }),
} satisfies Record<Exclude<ExportFlag, 'output'>, unknown>

interface PrintFlags {
  json: boolean
  'no-color': boolean
}

/** A command that finds something out. */
export abstract class ResultCommand extends BaseCommand {
  static override baseFlags = {
    json: Flags.boolean({ description: 'print the result as one JSON document', helpGroup: 'OUTPUT' }),
    'no-color': Flags.boolean({ description: 'no colours (also NO_COLOR=1)', helpGroup: 'OUTPUT' }),
  }

  /** What takes a network namespace of its own is started anew in one; nothing was begun then. */
  protected override async catch(error: unknown): Promise<never> {
    if (!(error instanceof OwnNetworkError)) return super.catch(error)
    const { enterOwnNetwork, ownNetworkRefusal } = await import('../host/own-network.js')
    const refusal = ownNetworkRefusal(error.network)
    if (refusal === undefined) return enterOwnNetwork(error.network)
    return super.catch(error.refused(refusal))
  }

  /** The flags that were given, and those of the configuration file. Errors as those of `withConfig`. */
  protected async configured<Given extends { config: boolean }>(
    command: MeasuringCommand,
    given: Given,
    only?: readonly string[],
  ): Promise<Configured<Given>> {
    const flags = await withConfig(command, given, only)
    this.configFile = flags.configFile
    return flags
  }

  /** Prints what was found. Errors as those of `StandardOutput.check`. */
  protected async show<Shown>(views: Views<Shown>, shown: Shown, flags: PrintFlags): Promise<void> {
    const { show } = await import('./lifecycle.js')
    await show(views, shown, this.output, textOptions(flags['no-color']), flags)
    this.output.check()
  }

  /**
   * Measures runs, once or as often as they are to be, and reports what was measured. Errors as those of `measureAndReport`.
   * @param once how one is shown, and the status that it has
   */
  protected async measureRuns<Result extends RunResult | ChurnResult, Outcome extends ShownResult<Result>>(
    runs: PreparedRuns<Outcome>,
    flags: Measurement<Outcome>['flags'] & PrintFlags & { 'json-lines': boolean },
    once: { kind: 'run' | 'churn'; views: Views<Outcome>; statusOf: (result: Outcome['result']) => number },
  ): Promise<void> {
    const { intervalNs } = runs
    const [{ intervalPrinter, refuseLines }, { INTERVALS_VIEW, REPEATED_INTERVALS_VIEW }] = await Promise.all(
      [import('./interval-output.js'), import('../report/intervals/views.js')],
    )
    refuseLines(flags, intervalNs)
    if (runs.notice !== undefined) process.stderr.write(`rpbench: ${runs.notice}\n`)
    const divided = intervalNs !== undefined
    if (runs.repeat === 1)
      return this.measureAndReport({
        ...once,
        views: divided ? { ...once.views, intervals: INTERVALS_VIEW } : once.views,
        flags,
        measure: ({ signal, progress }) =>
          runs.measure({
            signal,
            onProgress: progress.update,
            onInterval: intervalPrinter(flags, progress, this.output),
          }),
      })
    const [{ REPEAT_VIEWS }, { EXIT_STATUS }] = await Promise.all([
      import('../report/repeat/views.js'),
      import('./exit-status.js'),
    ])
    return this.measureAndReport({
      kind: `${once.kind}s`,
      views: divided ? { ...REPEAT_VIEWS, intervals: REPEATED_INTERVALS_VIEW } : REPEAT_VIEWS,
      flags,
      statusOf: EXIT_STATUS.repeat,
      measure: async ({ signal, progress, keep }) => ({
        result: await runs.repeated({
          signal,
          onProgress: progress.update,
          onInterval: intervalPrinter(flags, progress, this.output),
          onResult: (result) => keep({ result }),
        }),
      }),
    })
  }

  /**
   * Measures, prints and saves; ends with the status that the result has. Errors as those of `measureAndReport` in the lifecycle.
   */
  protected async measureAndReport<Result extends object, Shown extends ShownResult<Result>>({
    statusOf,
    ...measurement
  }: Measurement<Shown> & {
    flags: PrintFlags
    statusOf: (result: Shown['result']) => number
  }): Promise<void> {
    const [{ measureAndReport }, { statusOfThresholds }] = await Promise.all([
      import('./lifecycle.js'),
      import('./exit-status.js'),
    ])
    const options = textOptions(measurement.flags['no-color'])
    const { result } = await measureAndReport<Shown>(measurement, this.output, options)
    this.output.check()
    const { thresholds } = result as { thresholds?: readonly ThresholdResult[] }
    const status = statusOfThresholds(statusOf(result), thresholds)
    if (status !== 0) this.exit(status)
  }
}
