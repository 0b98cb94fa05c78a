import { formatCount, formatDuration } from '../units/format.js'
import type { Finding, RunResult } from '../result/run-result.js'
import { length } from './header.js'
import type { Line } from './line.js'
import { plural } from '../units/plural.js'
import type { Tone } from './style.js'

const TONES: Readonly<Record<RunResult['validity']['verdict'] | Finding['severity'], Tone | undefined>> = {
  valid: 'good',
  note: undefined,
  suspect: 'warn',
  invalid: 'bad',
}

/**
 * Can the run be trusted: how many checks it passed, and a row for each finding, with one for what to do next. Notes
 * may come from checks that failed without harm to the run, and from what was no check.
 */
export function validityLines({ validity }: Pick<RunResult, 'validity'>): Line[] {
  const { verdict, findings, checks } = validity
  return [
    {
      label: 'validity',
      verdict: { text: verdict, tone: TONES[verdict] },
      phrases: [{ text: checksPassed(checks) }],
    },
    ...findings.flatMap(({ severity, message, nextStep }): Line[] => [
      { label: '', verdict: { text: severity, tone: TONES[severity] }, phrases: [{ text: message }] },
      ...(nextStep === undefined
        ? []
        : [{ label: '', verdict: { text: '' }, phrases: [{ text: `→ ${nextStep}` }] }]),
    ]),
  ]
}

function checksPassed(checks: RunResult['validity']['checks']): string {
  const passed = checks.filter((check) => check.passed).length
  return passed === checks.length
    ? `${plural(passed, 'check', 'checks')} passed`
    : `${formatCount(passed)} of ${plural(checks.length, 'check', 'checks')} passed`
}

/** A run that failed or did not come to its end, and the members that did not live to it. */
export function accidentLines(
  result: Pick<RunResult, 'stopped' | 'failure' | 'durationNs' | 'plan' | 'books'> & {
    members?: RunResult['members']
  },
): Line[] {
  const { stopped, failure, durationNs, books, members = [] } = result
  const lines: Line[] = []
  if (stopped !== undefined) {
    const after = {
      text: `after ${formatDuration(durationNs)} of ${length(result)}; the figures are of that part`,
    }
    lines.push({
      label: 'run',
      verdict: { text: stopped, tone: stopped === 'failed' ? 'bad' : 'warn' },
      phrases: [
        ...(failure === undefined ? [] : [{ text: failure }]),
        // There are no figures of a run that failed since nobody answered, however long it was.
        ...(stopped === 'failed' && books.replied + books.late === 0 ? [] : [after]),
      ],
    })
  }
  for (const { index, pid, died } of members)
    if (died !== undefined)
      lines.push({
        label: 'member',
        verdict: { text: 'died', tone: 'bad' },
        phrases: [{ text: `member ${index} (pid ${pid}): ${died}` }],
      })
  return lines
}
