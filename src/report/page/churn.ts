import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import type { ChangeResult, ChurnResult } from '../../result/churn-result.js'
import { changeLines, changePhrases } from '../change-lines.js'
import { byMember, runLines } from '../churn/text.js'
import { headerPhrases } from '../header.js'
import { latencyLines } from '../time-lines.js'
import { markup } from '../svg/markup.js'
import { accidentLines, validityLines } from '../validity-lines.js'
import { booksSection } from './books-section.js'
import { originSection, validitySection, verdictOf } from './common-sections.js'
import { intervalsSection } from './intervals-section.js'
import { latencySection, loadHeadlines } from './latency-section.js'
import { limitsSection, limitsVerdict } from './limits.js'
import { matrixChart, matrixTable } from './matrix-chart.js'
import { type MovedChange, movedChart } from './moved-chart.js'
import {
  beside,
  type Body,
  charts,
  type Headline,
  lineList,
  phrased,
  type Section,
  type Verdict,
} from './parts.js'
import { table } from './table.js'

/** A run through changes: what each moved, what it cost, and how the run fared. */
export function churnBody(result: ChurnResult): Body {
  return {
    command: 'rpbench churn',
    facts: headerPhrases(result),
    notices: accidentLines(result),
    verdicts: [
      ...verdictOf(validityLines(result)[0]),
      ...limitsVerdict(result),
      changesVerdict(result.changes),
      ...(result.skipped.length === 0
        ? []
        : [
            {
              about: 'skipped',
              word: `${formatCount(result.skipped.length)} not seen`,
              tone: 'warn' as const,
            },
          ]),
    ],
    headlines: [...movedHeadlines(result), ...loadHeadlines(result)],
    sections: [
      ...limitsSection(result),
      changesSection(result),
      intervalsSection(result),
      ...latencySection(result, latencyLines(result)),
      booksSection(result),
      validitySection(result),
      originSection('rpbench churn', result),
    ],
  }
}

/** Whether flows moved as the model says, over all changes. */
export function changesVerdict(changes: readonly Pick<ChangeResult, 'verdict'>[]): Verdict {
  const those = (verdict: ChangeResult['verdict']): number =>
    changes.filter((change) => change.verdict === verdict).length
  const [differing, unseen] = [those('differs'), those('unseen')]
  const about = changes.length === 1 ? 'flows of the change' : `flows of ${changes.length} changes`
  if (differing > 0) return { about, word: `${differing} not as predicted`, tone: 'bad' }
  if (changes.length === 0) return { about: 'changes', word: 'none seen', tone: 'warn' }
  return unseen > 0
    ? { about, word: `${unseen} unseen`, tone: 'warn' }
    : { about, word: 'as predicted', tone: 'good' }
}

function movedHeadlines({ changes }: ChurnResult): Headline[] {
  const [worst] = changes.toSorted((a, b) => b.movedShare - a.movedShare)
  if (!worst) return []
  const lost = changes.reduce((sum, change) => sum + change.lost, 0)
  return [
    {
      name: changes.length === 1 ? 'moved' : 'moved at most',
      value: formatPercent(worst.movedShare),
      note: `by ${worst.change}; model ${formatPercent(worst.predicted.movedShare)}, least ${formatPercent(worst.minimum.movedShare)}`,
    },
    { name: 'lost in changes', value: lost === 0 ? 'none' : formatCount(lost) },
  ]
}

function changesSection(result: ChurnResult): Section {
  const { changes } = result
  return {
    key: 'changes',
    title: changes.length === 1 ? 'The change' : 'Changes',
    content: [
      lineList(runLines(result)),
      beside(charts(movedChart(changes)), changesTable(changes)),
      changes.map((change) => {
        const matrix = byMember(change)
        return markup`<h3>${formatDuration(change.atNs)}: ${phrased(changePhrases(change))}</h3>${beside(
          lineList(changeLines(change)),
          change.flows > 0 && [charts(matrixChart(matrix, 'flows')), matrixTable(matrix, formatCount)],
        )}`
      }),
    ],
  }
}

/** What each change moved, beside the model and the least possible. */
export function changesTable(changes: readonly (MovedChange & Partial<ChangeResult>)[]) {
  return table<(typeof changes)[number]>(
    'What each change moved',
    [
      { title: 'change', words: true, cell: ({ change }) => change },
      { title: 'at', cell: ({ atNs }) => atNs !== undefined && formatDuration(atNs) },
      { title: 'moved', cell: ({ movedShare }) => formatPercent(movedShare) },
      { title: 'model', cell: ({ predicted }) => formatPercent(predicted.movedShare) },
      { title: 'least', cell: ({ minimum }) => formatPercent(minimum.movedShare) },
      { title: 'orphans', cell: ({ orphans }) => orphans !== undefined && formatCount(orphans) },
      { title: 'collateral', cell: ({ collateral }) => collateral !== undefined && formatCount(collateral) },
      { title: 'dark', cell: ({ dark }) => dark !== undefined && formatCount(dark) },
      { title: 'lost', cell: ({ lost }) => lost !== undefined && formatCount(lost) },
      {
        title: 'settled after',
        cell: ({ settledNs }) => settledNs !== undefined && formatDuration(settledNs),
      },
      { title: '', words: true, cell: ({ verdict }) => verdict },
    ],
    changes,
  )
}
