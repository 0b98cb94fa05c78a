import type { ComparedMetric, CompareResult } from '../../result/compare-result.js'
import { formatCount } from '../../units/format.js'
import { formatMeasure } from '../../units/measure.js'
import { answerLine, COMPARE_TONES, compareLines, comparePhrases } from '../compare/text.js'
import { changeText, doubtText, intervalText, pText } from '../compare/words.js'
import { changesChart } from './changes-chart.js'
import { plainText } from './cells.js'
import { commandLine, originSection } from './common-sections.js'
import { markup } from '../svg/markup.js'
import { type Body, charts, lineList, toned } from './parts.js'
import { pairs, table } from './table.js'

const ANSWERS = {
  better: 'Better',
  'no worse': 'No worse',
  worse: 'Worse',
  'cannot tell': 'Cannot tell',
} as const satisfies Record<CompareResult['verdict'], string>

/** Whether one side is better or worse than the other: each metric with its interval against the bound. */
export function compareBody(result: CompareResult): Body {
  const { metrics, base, new: next, verdict } = result
  return {
    command: 'rpbench compare',
    facts: comparePhrases(result),
    word: ANSWERS[verdict],
    notices: [answerLine(result)],
    verdicts: metrics.map(({ metric, verdict: word }) => ({
      about: metric,
      word,
      tone: COMPARE_TONES[word],
    })),
    headlines: [
      { name: 'base', value: formatCount(base.used), note: `results of ${base.name || 'the defaults'}` },
      { name: 'new', value: formatCount(next.used), note: `results of ${next.name || 'the defaults'}` },
      { name: 'metrics', value: formatCount(metrics.length) },
    ],
    sections: [
      {
        key: 'changes',
        title: 'How the new side differs from the base',
        content: [charts(changesChart(metrics)), metricsTable(result)],
      },
      { key: 'ground', title: 'What that rests on', content: lineList(compareLines(result)) },
      ...(['base', 'new'] as const).map((side) => ({
        key: `plan-${side}`,
        title: side === 'base' ? 'The base' : 'The new side',
        content: [
          markup`<p><code>${commandLine(`rpbench ${result.of}`, result[side].plan.supplied)}</code></p>`,
          pairs('Where it was measured', placeOf(result[side].host)),
        ],
      })),
      originSection('rpbench compare', result),
    ],
  }
}

/** What a host is, and what was found of it. */
const placeOf = ({ traits = [], ...host }: CompareResult['base']['host']): [string, string][] => [
  ...Object.entries(host).map(([key, value]): [string, string] => [key, plainText(value)]),
  ...traits.map(({ id, observed }): [string, string] => [id, observed]),
]

function metricsTable({ metrics, design }: CompareResult) {
  return table<ComparedMetric>(
    'Each metric that was compared',
    [
      { title: 'metric', words: true, cell: ({ metric }) => metric },
      { title: 'better', words: true, cell: ({ better }) => better },
      { title: 'base, median', cell: ({ base, unit }) => formatMeasure(base.median, unit) },
      { title: 'new, median', cell: ({ new: next, unit }) => formatMeasure(next.median, unit) },
      { title: 'change', cell: (metric) => changeText(metric.change.value, metric) },
      { title: 'interval', cell: intervalText },
      { title: 'p', cell: ({ adjustedPValue }) => pText(adjustedPValue).replace(/^p /, '') },
      { title: '', words: true, cell: ({ verdict }) => toned(verdict, COMPARE_TONES[verdict]) },
      {
        title: 'why',
        long: true,
        cell: (metric) => metric.verdict === 'cannot tell' && doubtText(metric, design),
      },
    ],
    metrics,
  )
}
