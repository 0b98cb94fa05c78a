import type { IntervalResult } from '../../result/run-result.js'
import type { RepeatResult } from '../../result/repeat-result.js'
import type { View } from '../views.js'
import { intervalsCsv } from './csv.js'

/** The file of the intervals of a run, or a run through changes. */
export const INTERVALS_VIEW: View<{ result: { intervals?: readonly IntervalResult[] | undefined } }> = {
  ending: '-intervals.csv',
  render: ({ result }) => intervalsCsv([result]),
}

/** That of all repetitions. */
export const REPEATED_INTERVALS_VIEW: View<{ result: RepeatResult }> = {
  ending: '-intervals.csv',
  render: ({ result }) =>
    intervalsCsv(
      result.repetitions.map(({ index, run, churn }) => ({
        repetition: index,
        intervals: run?.intervals ?? churn?.intervals,
      })),
    ),
}
