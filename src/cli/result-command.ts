import * as Flags from '@oclif/core/flags'
import type { RepeatOptions } from '../experiment/repeat.js'
import type { JudgedResult } from '../metrics/judged.js'
import type { Threshold } from '../plan/thresholds.js'
import type { ExportFlag, ShownResult, Views } from '../report/views.js'
import type { MeasuringCommand } from '../plan/metrics/row.js'
import type { RepeatResult } from '../result/repeat-result.js'
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
} satisfies Record<ExportFlag, unknown>

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

  /** Measures the same plan several times, and does with all of it what `measureAndReport` does with one. */
  protected async repeatAndReport(
    flags: PrintFlags & Measurement<ShownResult<RepeatResult>>['flags'] & { 'json-lines': boolean },
    {
      intervalNs,
      ...options
    }: Pick<RepeatOptions, 'repeated' | 'repeat' | 'plan' | 'supplied'> & {
      thresholds: readonly Threshold[]
      intervalNs: number | undefined
    },
  ): Promise<void> {
    const [
      { repeatExperiment },
      { REPEAT_VIEWS },
      { REPEATED_INTERVALS_VIEW },
      { EXIT_STATUS },
      { intervalOutput },
    ] = await Promise.all([
      import('../experiment/repeat.js'),
      import('../report/repeat/views.js'),
      import('../report/intervals/views.js'),
      import('./exit-status.js'),
      import('./interval-output.js'),
    ])
    await this.measureAndReport({
      kind: `${options.repeated.of}s`,
      views:
        intervalNs === undefined ? REPEAT_VIEWS : { ...REPEAT_VIEWS, intervals: REPEATED_INTERVALS_VIEW },
      flags,
      thresholds: options.thresholds,
      statusOf: EXIT_STATUS.repeat,
      measure: async ({ signal, progress, keep }) => ({
        result: await repeatExperiment({
          ...options,
          toolVersion: this.config.version,
          signal,
          onProgress: progress.update,
          intervals: intervalOutput(intervalNs, flags, progress, this.output),
          onRepetition: (result) => keep({ result }),
        }),
      }),
    })
  }

  /**
   * Measures, holds what was measured against thresholds, prints and saves; ends with the status that the result has. Errors as
   * those of `measureAndReport`.
   */
  protected async measureAndReport<Result extends JudgedResult, Shown extends ShownResult<Result>>(
    measurement: Measurement<Shown> & {
      flags: PrintFlags
      thresholds: readonly Threshold[]
      statusOf: (result: Shown['result']) => number
    },
  ): Promise<void> {
    const [{ measureAndReport }, { judgeResult }, { statusOfThresholds }] = await Promise.all([
      import('./lifecycle.js'),
      import('../metrics/judged.js'),
      import('./exit-status.js'),
    ])
    const { flags, statusOf, thresholds, measure } = measurement
    const judged = <S extends Shown>(shown: S): S =>
      thresholds.length === 0
        ? shown
        : { ...shown, result: { ...shown.result, thresholds: judgeResult(shown.result, thresholds) } }
    const { result } = await measureAndReport<Shown>(
      {
        ...measurement,
        measure: async (measuring) =>
          judged(await measure({ ...measuring, keep: (shown) => measuring.keep(judged(shown)) })),
      },
      this.output,
      textOptions(flags['no-color']),
    )
    this.output.check()
    const status = statusOfThresholds(statusOf(result), result.thresholds)
    if (status !== 0) this.exit(status)
  }
}
