import type { RunResult } from '../../result/run-result.js'
import { booksLine } from '../books-line.js'
import { connectionsLine } from '../connections-line.js'
import { commandLines } from '../command-lines.js'
import { dispatchLine } from '../dispatch-line.js'
import { hashLine } from '../hash-line.js'
import { givenPhrases, headerPhrases, titleLines } from '../header.js'
import { imbalanceLine } from '../imbalance-line.js'
import { intervalBlock } from '../intervals/table.js'
import { type Line, layOut } from '../line.js'
import { membersTable } from '../members-table.js'
import { takenLine } from '../taken-line.js'
import { affinityLine, balanceLine } from '../spread-lines.js'
import { answersLine, statusesLine, targetLine } from '../target-lines.js'
import { targetTable } from '../target-table.js'
import { shardsLine } from '../shards-line.js'
import { thresholdBlock } from '../threshold-lines.js'
import { createStyle } from '../style.js'
import type { TextOptions } from '../views.js'
import { connectLine, latencyLines, legsLine, rateLine, scheduleLine, stampLine } from '../time-lines.js'
import { accidentLines, validityLines } from '../validity-lines.js'

/**
 * A run as a person reads it: what was run, a row per member, then one line per question with its verdict
 * first. No line exceeds `columns` (30 at least); the text ends with a newline.
 */
export function renderRunText(result: RunResult, options: TextOptions): string {
  const invalid = result.validity.verdict === 'invalid'
  const style = createStyle({ ...options, praise: !invalid })
  const validity = validityLines(result)
  const lines: Line[] = [
    balanceLine(result),
    ...maybe(dispatchLine(result)),
    ...maybe(takenLine(result)),
    ...maybe(imbalanceLine(result)),
    affinityLine(result),
    ...maybe(targetLine(result)),
    ...maybe(answersLine(result)),
    ...commandLines(result),
    ...maybe(statusesLine(result)),
    ...maybe(hashLine(result)),
    ...latencyLines(result),
    ...maybe(connectLine(result)),
    ...maybe(stampLine(result)),
    ...maybe(legsLine(result)),
    rateLine(result),
    ...maybe(scheduleLine(result)),
    ...maybe(shardsLine(result)),
    ...maybe(connectionsLine(result)),
    booksLine(result),
    ...(invalid ? [] : validity),
  ]
  // What makes a run invalid, or cut it short, comes before any figure of it.
  const notices = layOut([...accidentLines(result), ...(invalid ? validity : [])], style)
  return [
    ...titleLines(
      result.shards ? 'rpbench merge' : 'rpbench run',
      [...headerPhrases(result), ...givenPhrases(result)],
      style,
    ),
    '',
    ...(notices.length > 0 ? [...notices, ''] : []),
    ...block(result.members.length > 0 ? membersTable(result.members, style, result) : []),
    ...block(targetTable(result, style)),
    ...layOut(lines, style),
    ...intervalBlock(result, style),
    ...thresholdBlock(result, style),
    '',
  ].join('\n')
}

const block = (lines: readonly string[]): string[] => (lines.length > 0 ? [...lines, ''] : [])
const maybe = (line: Line | undefined): Line[] => (line === undefined ? [] : [line])
