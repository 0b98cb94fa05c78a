import type { PooledChange, Repetition, RepeatResult } from '../../result/repeat-result.js'
import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { claimLines } from '../claim-lines.js'
import { grid, type GridColumn } from '../grid.js'
import { givenPhrases, headerPhrases, titleLines } from '../header.js'
import { layOut, type Line, type Phrase } from '../line.js'
import { sharedSources } from '../shared-sources.js'
import { formatP } from '../spread-lines.js'
import { thresholdBlock } from '../threshold-lines.js'
import { createStyle, type Style, type Tone } from '../style.js'
import type { TextOptions } from '../views.js'
import { figuresTable } from './figures-table.js'
import { lossShareOf, resultOf, outcomeOf, type Measured } from './repetition.js'

export const OUTCOME_TONES: Readonly<Record<ReturnType<typeof outcomeOf>, Tone>> = {
  valid: 'good',
  suspect: 'warn',
  invalid: 'bad',
  interrupted: 'warn',
  failed: 'bad',
}
const MOST_ERRORS = 3
/** Below this, p-values of the model would be as uneven once in 10,000 times. */
const UNIFORM = 1e-4

/** Repetitions as a person reads them: a row for each, then what they say together. */
export function renderRepeatText(result: RepeatResult, options: TextOptions): string {
  const style = createStyle(options)
  const lines = [...(result.claims ?? []).flatMap(claimLines), ...repeatLines(result)]
  return [
    ...titleLines(`rpbench ${result.of}`, [...repeatPhrases(result), ...givenPhrases(result)], style),
    '',
    ...grid(result.repetitions, columnsOf(result, style), style.columns),
    '',
    ...figuresTable(result, style),
    '',
    ...layOut(lines, style),
    ...thresholdBlock(result, style),
    '',
  ].join('\n')
}

/** What all repetitions say of the changes, and how they came out. */
export function repeatLines(result: RepeatResult): Line[] {
  return [
    ...(result.changes ?? []).map(changeLine),
    ...errorLines(result),
    runsLine(result),
    ...independenceLines(result),
    ...stoppedLines(result),
  ]
}

/** What was repeated, and how often. */
export function repeatPhrases({ plan, repeat, repetitions }: RepeatResult): Phrase[] {
  const [first] = repetitions.flatMap((repetition) => repetition.run ?? repetition.churn ?? [])
  const times = { text: plural(repeat, 'repetition', 'repetitions') }
  if (first === undefined) return [times]
  const group = { ...first.group, port: plan.effective.port }
  return [...headerPhrases({ plan, durationNs: first.durationNs, group }), times]
}

const time = ({ latency }: Measured) => latency?.response ?? latency?.service
const duration = (ns: number | undefined): string | undefined =>
  ns === undefined ? undefined : formatDuration(ns)

function columnsOf({ of }: RepeatResult, style: Style): GridColumn<Repetition>[] {
  const figure = (
    title: string,
    goes: number | undefined,
    cell: (measured: Measured) => string | undefined,
  ): GridColumn<Repetition> => ({
    title,
    align: 'right',
    ...(goes !== undefined && { goes }),
    cell: (repetition) => {
      const measured = resultOf(repetition)
      return style.plain((measured && cell(measured)) ?? '-')
    },
  })
  const own =
    of === 'run'
      ? [
          figure('flows max/mean', 3, ({ balance }) => balance?.maxOverMean.toFixed(3)),
          figure('p', 4, ({ balance }) => balance && formatP(balance.pValue).replace(/^p /, '')),
        ]
      : [
          figure('changes as predicted', 3, ({ changes = [] }) => {
            const good = changes.filter(({ verdict }) => verdict === 'as predicted').length
            return `${good} of ${changes.length}`
          }),
        ]
  return [
    { title: '#', align: 'right', cell: ({ index }) => String(index + 1) },
    figure('round trips/s', undefined, ({ throughput }) => formatCount(throughput.roundTripsPerSecond)),
    figure('p50', 2, (measured) => duration(time(measured)?.p50Ns)),
    figure('p99', 5, (measured) => duration(time(measured)?.p99Ns)),
    figure('loss', 1, (measured) => formatLoss(measured)),
    ...own,
    {
      title: '',
      align: 'left',
      cell: (repetition) => style.paint(outcomeOf(repetition), OUTCOME_TONES[outcomeOf(repetition)]),
    },
  ]
}

function formatLoss(measured: Measured): string | undefined {
  const share = lossShareOf(measured)
  return share === undefined ? undefined : share === 0 ? '0 %' : formatPercent(share, 2)
}

function changeLine({ change, seen, asPredicted, differs, uniformity }: PooledChange): Line {
  const good = differs === 0 && asPredicted > 0
  return {
    label: 'change',
    verdict: { text: change },
    phrases: [
      { text: `as predicted in ${asPredicted} of ${seen}`, tone: good ? 'good' : 'bad' },
      ...(uniformity
        ? [
            {
              text: `p-values ${uniformity.pValue < UNIFORM ? 'not uniform' : 'uniform'} (Kolmogorov-Smirnov D ${uniformity.statistic.toFixed(2)}, ${formatP(uniformity.pValue)})`,
            },
          ]
        : []),
    ],
  }
}

/** What kept repetitions from being made, each sentence once. */
function errorLines({ repetitions }: RepeatResult): Line[] {
  const sentences = new Map<string, number>()
  for (const { error, run, churn } of repetitions) {
    const message = error?.message ?? run?.failure ?? churn?.failure
    if (message !== undefined) sentences.set(message, (sentences.get(message) ?? 0) + 1)
  }
  return [...sentences].slice(0, MOST_ERRORS).map(([message, n]): Line => ({
    label: 'failed',
    verdict: { text: plural(n, 'repetition', 'repetitions'), tone: 'bad' },
    phrases: [{ text: message }],
  }))
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** How many came to which end, and which findings stand behind it. */
function runsLine({ repetitions, repeat }: RepeatResult): Line {
  const outcomes = new Map<ReturnType<typeof outcomeOf>, number>()
  const codes = new Map<string, number>()
  for (const repetition of repetitions) {
    count(outcomes, outcomeOf(repetition))
    for (const { code, severity } of resultOf(repetition)?.validity.findings ?? [])
      if (severity !== 'note') count(codes, code)
  }
  return {
    label: 'validity',
    phrases: [
      ...(repetitions.length < repeat ? [{ text: `${repetitions.length} of ${repeat} made` }] : []),
      ...[...outcomes].map(([outcome, n]) => ({
        text: `${formatCount(n)} ${outcome}`,
        tone: OUTCOME_TONES[outcome],
      })),
      ...[...codes].map(([code, n]) => ({ text: `${code} in ${formatCount(n)}` })),
    ],
  }
}

function independenceLines({ repeat, independentRepetitions }: RepeatResult): Line[] {
  if (independentRepetitions === undefined) return []
  return [
    {
      label: 'draws',
      verdict: { text: `${independentRepetitions} of ${repeat}`, tone: 'warn' },
      phrases: [{ text: sharedSources(independentRepetitions) }],
    },
  ]
}

function stoppedLines({ stopped }: RepeatResult): Line[] {
  if (stopped === undefined) return []
  return [
    {
      label: 'repeat',
      verdict: { text: stopped, tone: 'warn' },
      phrases: [{ text: 'what was measured is here' }],
    },
  ]
}
