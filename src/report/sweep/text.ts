import type { SweepResult } from '../../result/sweep-result.js'
import { formatCount, formatDuration } from '../../units/format.js'
import { givenPhrases, titleLines } from '../header.js'
import { layOut, type Line, type Phrase } from '../line.js'
import { plural } from '../../units/plural.js'
import { sharedSources } from '../shared-sources.js'
import { thresholdBlock } from '../threshold-lines.js'
import { createStyle, type Tone } from '../style.js'
import { pointLabel } from '../../plan/sweep-plan.js'
import { sweepPictures } from '../sweep-pictures.js'
import type { TextOptions } from '../views.js'
import { capacityTable, endingLines, pointsTable, unfilledLines } from '../sweep-table.js'

const TITLE = 'rpbench sweep'
/** Combinations that are left out, one reason each; the JSON has them all. */
const MOST_REASONS = 3
const MOST_ERRORS = 3

/** A sweep as a person reads it: a row per point, pictures along its axis, and how far its runs can be trusted. */
export function renderSweepText(result: SweepResult, options: TextOptions): string {
  const style = createStyle(options)
  return [
    ...titleLines(TITLE, [...sweepPhrases(result), ...givenPhrases(result)], style),
    '',
    ...(result.capacity ? capacityTable(result, style) : pointsTable(result, style)),
    ...sweepPictures(result, style),
    '',
    ...layOut(sweepLines(result, options.savedTo), style),
    ...thresholdBlock(result, style),
    '',
  ].join('\n')
}

/** What there is to say of the searches and the runs. */
export function sweepLines(result: SweepResult, savedTo?: readonly string[]): Line[] {
  return [
    ...(result.plan.goal ? [goalLine(result.plan.goal)] : []),
    ...endingLines(result),
    ...unfilledLines(result),
    ...errorLines(result),
    runsLine(result),
    ...spreadLines(result),
    ...skippedLines(result),
    ...stoppedLines(result, savedTo),
  ]
}

/** What was swept. */
export function sweepPhrases({ plan, points, durationNs, capacity }: SweepResult): Phrase[] {
  const fixed = Object.entries(plan.supplied).filter(
    ([flag]) => flag !== 'find' && flag !== 'repeat' && !plan.axes.some((axis) => axis.flag === flag),
  )
  const facts = [
    plural(points.length, 'point', 'points'),
    ...(capacity ? [] : [plural(plan.repeat, 'repetition', 'repetitions')]),
    ...fixed.map(([flag, value]) => `${flag} ${value}`),
    `took ${formatDuration(Math.round(durationNs / 1e9) * 1e9)}`,
  ]
  return facts.map((text) => ({ text }))
}

function goalLine(goal: NonNullable<SweepResult['plan']['goal']>): Line {
  const conditions = goal.conditions.map(({ quantity, inclusive, limit }) => {
    const value = quantity === 'loss' ? `${Number((limit * 100).toPrecision(6))} %` : formatDuration(limit)
    return `${quantity} ${inclusive ? '<=' : '<'} ${value}`
  })
  return {
    label: 'goal',
    phrases: [
      { text: conditions.join(' and ') },
      { text: `trials of ${formatDuration(goal.initialTrialNs)} to ${formatDuration(goal.finalTrialNs)}` },
      { text: `${Number((goal.exceedRatio * 100).toPrecision(3))} % of them may be bad` },
      { text: `width ${Number((goal.width * 100).toPrecision(3))} %` },
    ],
  }
}

/** How many runs came to which verdict, and which findings stand behind it. */
function runsLine({ runs }: SweepResult): Line {
  const count = (verdict: string): number =>
    runs.filter((run) => !run.error && !run.stopped && run.validity?.verdict === verdict).length
  const kinds: [count: number, text: string, tone: Tone][] = [
    [count('valid'), 'valid', 'good'],
    [count('suspect'), 'suspect', 'warn'],
    [count('invalid'), 'invalid', 'bad'],
    [runs.filter(({ error, stopped }) => error ?? stopped).length, 'failed', 'bad'],
  ]
  const byCode = new Map<string, number>()
  for (const code of runs.flatMap(({ validity }) => validity?.findings ?? []))
    byCode.set(code, (byCode.get(code) ?? 0) + 1)
  return {
    label: 'runs',
    phrases: [
      ...kinds.filter(([n]) => n > 0).map(([n, text, tone]) => ({ text: `${formatCount(n)} ${text}`, tone })),
      ...[...byCode].map(([code, n]) => ({ text: `${code} in ${formatCount(n)}` })),
    ],
  }
}

function spreadLines({ plan, capacity }: SweepResult): Line[] {
  if (capacity || plan.repeat < 2) return []
  const phrases = [
    { text: 'medians over the repetitions' },
    { text: '± is half of their range over the median' },
    ...(plan.independentRuns === undefined ? [] : [{ text: sharedSources(plan.independentRuns) }]),
  ]
  return [{ label: 'figures', phrases }]
}

/** What kept runs from being made, or made them fail, each sentence once. */
function errorLines({ runs }: SweepResult): Line[] {
  const sentences = new Map<string, number>()
  for (const sentence of runs.flatMap(({ error, failure }) => error?.message ?? failure ?? []))
    sentences.set(sentence, (sentences.get(sentence) ?? 0) + 1)
  return [...sentences].slice(0, MOST_ERRORS).map(([message, n]): Line => ({
    label: 'failed',
    verdict: { text: plural(n, 'run', 'runs'), tone: 'bad' },
    phrases: [{ text: message }],
  }))
}

function skippedLines({ skipped }: SweepResult): Line[] {
  const reasons = new Map<string, string[]>()
  for (const { flags, reason } of skipped)
    reasons.set(reason, [...(reasons.get(reason) ?? []), pointLabel(flags)])
  return [...reasons].slice(0, MOST_REASONS).map(([reason, those]): Line => ({
    label: 'left out',
    phrases: [
      { text: those.length === 1 ? those[0]! : plural(those.length, 'combination', 'combinations') },
      { text: reason },
    ],
  }))
}

function stoppedLines({ stopped }: SweepResult, [json]: readonly string[] = []): Line[] {
  if (stopped === undefined) return []
  const next = json === undefined ? [] : [{ text: `rpbench sweep --resume ${json} goes on` }]
  return [
    {
      label: 'sweep',
      verdict: { text: stopped, tone: 'warn' },
      phrases: [{ text: 'what was measured is here' }, ...next],
    },
  ]
}
