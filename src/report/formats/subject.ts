import { figuresOf } from '../../metrics/figures.js'
import { isJudged } from '../../metrics/judged.js'
import { measuredAtPoint, measuredOf, measuredOfClaims, type Measured } from '../../metrics/measured.js'
import { isMeasurement } from '../../metrics/measurement.js'
import type { MeasuringCommand } from '../../plan/metrics/row.js'
import type { Figure } from '../../result/repeat-result.js'
import { kindOf, type SavedResult } from '../../result/saved-result.js'
import type { SweepResult } from '../../result/sweep-result.js'
import type { Reported } from './format.js'

/** What figures are of: a plan and its measurements, be it one or several. Of a sweep, each point is one. */
export interface Subject {
  /** stays the same from one measuring to the next, so that others can hold them against each other */
  name: string
  command: MeasuringCommand
  /** of those that are measurements */
  figures: Figure[]
}

/** What a result is called: by its label, or by the command and the flags that it was made with. */
export function nameOf(result: SavedResult): string {
  if ('label' in result && result.label !== undefined) return result.label
  const kind = kindOf(result)!
  const command =
    kind === 'repeat' && 'of' in result ? result.of : kind === 'selectors' ? 'verify selectors' : kind
  const supplied = 'plan' in result ? result.plan.supplied : {}
  const axes = 'points' in result ? result.plan.axes.map(({ flag }) => flag) : []
  return `rpbench ${command}${flagsText(supplied, ['repeat', 'seed', ...axes])}`
}

/** The name of a result at a point of its axes. */
export function nameAt(result: SavedResult, flags: Readonly<Record<string, string>> = {}): string {
  return `${nameOf(result)}${flagsText(flags)}`
}

function flagsText(flags: Readonly<Record<string, unknown>>, without: readonly string[] = []): string {
  return Object.entries(flags)
    .filter(([flag]) => !without.includes(flag))
    .flatMap(([flag, value]) => (Array.isArray(value) ? value : [value]).map((one) => [flag, String(one)]))
    .map(([flag, text]) => (text === 'true' ? ` --${flag}` : ` --${flag} ${text}`))
    .join('')
}

/** All that has figures in results. Two of one name are told apart by a number. */
export function subjectsOf(reported: readonly Reported[]): Subject[] {
  const counts = new Map<string, number>()
  return reported
    .flatMap(({ result }) => subjectsIn(result))
    .map((subject) => {
      const n = (counts.get(subject.name) ?? 0) + 1
      counts.set(subject.name, n)
      return n === 1 ? subject : { ...subject, name: `${subject.name} (${n})` }
    })
}

function subjectsIn(result: SavedResult): Subject[] {
  if (!isJudged(result)) return []
  if ('points' in result) return result.points.map((point) => subjectAt(result, point))
  if ('repetitions' in result) return [{ name: nameOf(result), command: result.of, figures: result.figures }]
  const [command, measured] =
    'claims' in result ? (['verify', measuredOfClaims(result)] as const) : loadOf(result)
  return [{ name: nameOf(result), command, figures: figuresOf(command, measured) }]
}

function subjectAt(result: SweepResult, { index, flags }: SweepResult['points'][number]): Subject {
  return {
    name: nameAt(result, flags),
    command: 'sweep',
    figures: figuresOf('sweep', measuredAtPoint(result, index)),
  }
}

function loadOf(result: Parameters<typeof measuredOf>[0]): readonly [MeasuringCommand, Measured[]] {
  const command = result.schema === 'rpbench/churn@1' ? 'churn' : 'run'
  return [command, isMeasurement(result) ? [measuredOf(result)] : []]
}
