import { RESULT_KINDS, type ResultKind } from '../../result/saved-result.js'
import type { Format } from './format.js'

/** Results with metrics. */
const MEASURED: readonly ResultKind[] = ['run', 'churn', 'repeat', 'sweep', 'verify']
/** Results that say what is good and what is not. */
const JUDGED: readonly ResultKind[] = [...MEASURED, 'selectors', 'compare']

/** Every format of `rpbench report`, by its name. A further one is a file of its own and a row here. */
export const FORMATS = {
  text: {
    help: 'as after the measuring',
    takes: RESULT_KINDS,
    render: async (reported, options) => (await import('./text.js')).reportText(reported, options),
  },
  json: {
    help: 'the result, with its thresholds; of several a list',
    takes: RESULT_KINDS,
    render: async (reported) => (await import('./json.js')).reportJson(reported),
  },
  markdown: {
    help: 'for the summary of a CI step or a comment, shorter than 60,000 bytes',
    takes: RESULT_KINDS,
    render: async (reported) => (await import('./markdown.js')).markdown(reported),
  },
  junit: {
    help: 'JUnit XML: a test case for each threshold and claim; what cannot be told or was not measured is an error',
    takes: JUDGED,
    render: async (reported) => (await import('./junit.js')).junit(reported),
  },
  'github-action-benchmark-bigger': {
    help: 'for github-action-benchmark with tool: customBiggerIsBetter',
    takes: MEASURED,
    render: async (reported) =>
      (await import('./github-action-benchmark.js')).githubActionBenchmark(reported, 'higher'),
  },
  'github-action-benchmark-smaller': {
    help: 'the same with tool: customSmallerIsBetter',
    takes: MEASURED,
    render: async (reported) =>
      (await import('./github-action-benchmark.js')).githubActionBenchmark(reported, 'lower'),
  },
  bencher: {
    help: 'Bencher Metric Format, for bencher run --adapter json',
    takes: MEASURED,
    render: async (reported) => (await import('./bencher.js')).bencher(reported),
  },
  csv: {
    help: 'a row for each metric',
    takes: MEASURED,
    render: async (reported) => (await import('./csv.js')).figuresCsv(reported),
  },
  html: {
    help: 'a page with charts and tables, which needs no network; the results are in it, and it can be read again like their files',
    takes: RESULT_KINDS,
    render: async (reported) => (await import('../page/page.js')).page(reported.map(({ result }) => result)),
  },
} as const satisfies Readonly<Record<string, Format>>

export type FormatName = keyof typeof FORMATS
export const FORMAT_NAMES = Object.keys(FORMATS) as [FormatName, ...FormatName[]]

/** What is said of a format. */
export const formatRow = (name: FormatName): Format => FORMATS[name]
