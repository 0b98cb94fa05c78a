import { formatDuration } from '../../units/format.js'
import type { Life } from '../../kernel/group-array.js'
import type { ChangeResult, ChurnResult } from '../../result/churn-result.js'
import { booksLine } from '../books-line.js'
import { changeLines, changePhrases } from '../change-lines.js'
import { givenPhrases, headerPhrases, titleLines } from '../header.js'
import { intervalBlock } from '../intervals/table.js'
import { hangOf, layOut, type Line, wrap } from '../line.js'
import { thresholdBlock } from '../threshold-lines.js'
import { createStyle, type Style } from '../style.js'
import type { TextOptions } from '../views.js'
import { rateLine, scheduleLine } from '../time-lines.js'
import { drawTransitions, type TransitionMatrix } from '../transition-picture.js'
import { accidentLines, validityLines } from '../validity-lines.js'

const TITLE = 'rpbench churn'
/** Larger groups have a picture only in the JSON: it would hide the answer. */
const MOST_ROWS = 16
/** A client this late, or this far below its rate, is worth a line (docs/method.md). */
const NOTABLE_LAG_NS = 1e6
const NOTABLE_RATE = 0.995

/**
 * A run through changes as a person reads it: what was run; of each change what moved, beside the model and the least
 * possible, and what it cost; then the run as a whole. No line exceeds `columns` (30 at least); the text ends with a
 * newline.
 */
export function renderChurnText(result: ChurnResult, options: TextOptions): string {
  const invalid = result.validity.verdict === 'invalid'
  const style = createStyle({ ...options, praise: !invalid })
  const validity = validityLines(result)
  const lines: Line[] = [...runLines(result), booksLine(result), ...(invalid ? [] : validity)]
  // What makes a run invalid, or cut it short, comes before any figure of it.
  const notices = layOut([...accidentLines(result), ...(invalid ? validity : [])], style)
  return [
    ...titleLines(TITLE, [...headerPhrases(result), ...givenPhrases(result)], style),
    '',
    ...(notices.length > 0 ? [...notices, ''] : []),
    ...changeBlocks(result.changes, style),
    ...layOut(lines, style),
    ...intervalBlock(result, style),
    ...thresholdBlock(result, style),
    '',
  ].join('\n')
}

/** What there is to say of the run as a whole, beside its books and its validity. */
export function runLines(result: ChurnResult): Line[] {
  return [...skippedLine(result), rateLine(result), ...notableSchedule(result)]
}

/** One block a change; the legend of a picture only where it is not that of the picture before. */
function changeBlocks(changes: readonly ChangeResult[], style: Style): string[] {
  let legend = ''
  return changes.flatMap((change) => {
    const time = `${formatDuration(change.atNs)}  `
    const [first = '', ...more] = wrap(changePhrases(change), time.length, hangOf(time.length, style), style)
    const picture = pictureOf(change, style)
    const explained = picture === undefined || picture.legend.join('\n') === legend ? [] : picture.legend
    if (picture) legend = picture.legend.join('\n')
    return [
      time + first,
      ...more,
      ...layOut(changeLines(change), style),
      ...explained,
      ...(picture?.lines ?? []),
      '',
    ]
  })
}

function pictureOf(change: ChangeResult, style: Style): ReturnType<typeof drawTransitions> {
  const rows = Math.max(change.membersBefore.length, change.membersAfter.length)
  return change.moved === 0 || rows > MOST_ROWS ? undefined : drawTransitions(byMember(change), style)
}

/** A group's array is in no order that a reader could guess: rows and columns go by member. */
export function byMember({ membersBefore, membersAfter, transitions }: TransitionMatrix): TransitionMatrix {
  const [rows, columns] = [orderOf(membersBefore), orderOf(membersAfter)]
  return {
    membersBefore: rows.map((row) => membersBefore[row]!),
    membersAfter: columns.map((column) => membersAfter[column]!),
    transitions: rows.map((row) => columns.map((column) => transitions[row]?.[column] ?? 0)),
  }
}

/** The slots of an array, by member. */
function orderOf(lives: readonly Life[]): number[] {
  return lives
    .map((life, slot) => ({ life, slot }))
    .toSorted((a, b) => a.life.member - b.life.member || a.life.generation - b.life.generation)
    .map(({ slot }) => slot)
}

function skippedLine({ skipped }: ChurnResult): Line[] {
  if (skipped.length === 0) return []
  return [
    {
      label: 'skipped',
      verdict: { text: 'not seen', tone: 'warn' },
      phrases: skipped.map((text) => ({ text })),
    },
  ]
}

function notableSchedule(result: ChurnResult): Line[] {
  const { offeredPerSecond = 0, achievedPerSecond } = result.throughput
  const slow = achievedPerSecond < NOTABLE_RATE * offeredPerSecond
  const late = (result.schedule?.lag.p99Ns ?? 0) > NOTABLE_LAG_NS
  const line = slow || late ? scheduleLine(result) : undefined
  return line ? [line] : []
}
