import { basisOf } from '../../plan/steering.js'
import type { RunResult } from '../../result/run-result.js'
import { commandLines } from '../command-lines.js'
import { dispatchLine } from '../dispatch-line.js'
import { hashLine } from '../hash-line.js'
import { headerPhrases } from '../header.js'
import { imbalanceLine } from '../imbalance-line.js'
import type { Line } from '../line.js'
import { affinityLine, balanceLine } from '../spread-lines.js'
import { answersLine, statusesLine, targetLine } from '../target-lines.js'
import { takenLine } from '../taken-line.js'
import { connectLine, latencyLines, legsLine, rateLine, scheduleLine } from '../time-lines.js'
import { accidentLines, validityLines } from '../validity-lines.js'
import { booksSection } from './books-section.js'
import { originSection, validitySection, verdictOf } from './common-sections.js'
import { flowsChart } from './flows-chart.js'
import { intervalsSection } from './intervals-section.js'
import { latencySection, loadHeadlines } from './latency-section.js'
import { limitsOf, limitsSection, limitsVerdict } from './limits.js'
import { membersTable } from './members-table.js'
import { type Body, charts, lineList, type Section } from './parts.js'

const some = (...lines: (Line | undefined)[]): Line[] => lines.filter((line) => line !== undefined)

/** A run: is it good, where flows went, how long requests took, what happened over time. */
export function runBody(result: RunResult): Body {
  return {
    command: 'rpbench run',
    facts: headerPhrases(result),
    notices: accidentLines(result),
    verdicts: [
      ...verdictOf(validityLines(result)[0]),
      ...limitsVerdict(result),
      ...verdictOf(balanceLine(result)),
      ...verdictOf(affinityLine(result)),
      ...verdictOf(imbalanceLine(result)),
      ...verdictOf(hashLine(result)),
    ],
    headlines: loadHeadlines(result),
    sections: [
      ...limitsSection(result),
      spreadSection(result),
      ...latencySection(result, [
        ...latencyLines(result),
        ...some(connectLine(result), legsLine(result), rateLine(result), scheduleLine(result)),
      ]),
      intervalsSection(result),
      booksSection(result),
      validitySection(result),
      originSection('rpbench run', result),
    ],
  }
}

function spreadSection(result: RunResult): Section {
  const { balance, members } = result
  const byFlow = basisOf(result.group) === 'flow'
  const known = byFlow && balance !== undefined && balance.verdict !== 'unknown'
  const chart = known
    ? flowsChart({
        what: 'flows',
        values: balance.flowsPerMember,
        fair: balance.fairBand,
        limits: limitsOf(result, 'balance.maxOverMean', 'max/mean').map(({ value, ...limit }) => ({
          overMean: value,
          ...limit,
        })),
      })
    : byFlow && members.some(({ flows }) => flows > 0)
      ? flowsChart({ what: 'answered flows', values: members.map(({ flows }) => flows) })
      : undefined
  return {
    key: 'members',
    title: byFlow ? 'Flows of each member' : 'Members',
    content: [
      lineList(
        some(
          balanceLine(result),
          dispatchLine(result),
          takenLine(result),
          imbalanceLine(result),
          affinityLine(result),
          targetLine(result),
          answersLine(result),
          ...commandLines(result),
          statusesLine(result),
          hashLine(result),
        ),
      ),
      charts(chart, flowsChart({ what: 'packets', values: members.flatMap(({ taken }) => taken ?? []) })),
      membersTable(result),
    ],
  }
}
