import type { PredictResult } from '../../result/predict-result.js'
import type { SelectorsResult } from '../../result/verify-result.js'
import { formatCount, formatPercent } from '../../units/format.js'
import { predictLines, predictPhrases } from '../predict/text.js'
import { CASE_TONES } from '../selectors/text.js'
import { lifeName } from '../life-name.js'
import { originSection } from './common-sections.js'
import { matrixChart, matrixTable } from './matrix-chart.js'
import { beside, type Body, charts, lineList, toned } from './parts.js'
import { table } from './table.js'

/** What the model of a kernel's rule says. */
export function predictBody(result: PredictResult): Body {
  const lines = predictLines(result)
  return {
    command: 'rpbench predict',
    facts: [...predictPhrases(result), { text: 'a prediction of the model: nothing was sent or measured' }],
    word:
      result.kind === 'change'
        ? `${formatPercent(result.movedShare)} of the flows move`
        : `The fullest member has ${formatPercent(result.maxOverMean.expected - 1)} more than the mean`,
    notices: [],
    verdicts: [],
    headlines:
      result.kind === 'change'
        ? [
            { name: 'flows that move', value: formatPercent(result.movedShare) },
            { name: 'least possible', value: formatPercent(result.minimumMovedShare) },
            { name: 'collateral', value: formatPercent(result.collateralShare) },
          ]
        : [
            { name: 'max/mean expected', value: result.maxOverMean.expected.toFixed(3) },
            { name: 'in 95 % of runs under', value: result.maxOverMean.p95.toFixed(3) },
            { name: 'flows per member', value: formatCount(result.flows / result.members) },
          ],
    sections: [
      {
        key: 'prediction',
        title: 'What the model says',
        content:
          result.kind === 'change'
            ? [
                beside(lineList(lines), [
                  charts(matrixChart(result)),
                  matrixTable(result, (share) => formatPercent(share, 2)),
                ]),
                table<(typeof result.steps)[number]>(
                  'Step by step',
                  [
                    { title: 'step', words: true, cell: (step) => `${step.action} ${lifeName(step)}` },
                    { title: 'members', cell: ({ members }) => formatCount(members) },
                    {
                      title: 'flows away from their member',
                      cell: ({ displacedShare }) => formatPercent(displacedShare),
                    },
                  ],
                  result.steps,
                ),
              ]
            : lineList(lines),
      },
      originSection('rpbench predict', result),
    ],
  }
}

type Case = SelectorsResult['cases'][number]

/** What the kernel is said to do, case by case. */
export function selectorsBody(result: SelectorsResult): Body {
  const { cases, host } = result
  const those = (outcome: Case['outcome']): number => cases.filter((one) => one.outcome === outcome).length
  const [passed, failed, open] = [those('pass'), those('fail'), those('not-possible')]
  return {
    command: 'rpbench verify selectors',
    facts: [{ text: `Linux ${host.kernel}` }],
    notices: [],
    verdicts: [
      {
        about: 'cases',
        word: failed > 0 ? `${failed} of ${cases.length} fail` : `${passed} of ${cases.length} pass`,
        tone: failed > 0 ? 'bad' : open > 0 ? 'warn' : 'good',
      },
    ],
    headlines: [
      { name: 'passed', value: formatCount(passed) },
      { name: 'failed', value: formatCount(failed) },
      { name: 'not possible here', value: formatCount(open) },
    ],
    sections: [
      {
        key: 'cases',
        title: 'Cases',
        content: table<Case>(
          'What the kernel is said to do, and whether this one does',
          [
            { title: 'case', words: true, cell: ({ id }) => id },
            { title: 'outcome', words: true, cell: ({ outcome }) => toned(outcome, CASE_TONES[outcome]) },
            { title: 'why', long: true, cell: ({ why }) => why },
          ],
          cases,
        ),
      },
      originSection('rpbench verify selectors', result),
    ],
  }
}
