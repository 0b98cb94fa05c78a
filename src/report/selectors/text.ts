import type { SelectorsResult } from '../../result/verify-result.js'
import { givenPhrases, titleLines } from '../header.js'
import { layOut, wrap, type Line } from '../line.js'
import { plural } from '../../units/plural.js'
import { createStyle, type StyleOptions, type Tone } from '../style.js'

type Outcome = SelectorsResult['cases'][number]['outcome']

const TITLE = 'rpbench verify selectors'
export const CASE_TONES: Readonly<Record<Outcome, Tone>> = {
  pass: 'good',
  fail: 'bad',
  'not-possible': 'warn',
}
const LABELS: Readonly<Record<Outcome, string>> = { pass: 'pass', fail: 'FAIL', 'not-possible': 'not here' }

/** The battery as a person reads it: a line for each case, then how many there were of each outcome. */
export function renderSelectorsText(result: SelectorsResult, options: Omit<StyleOptions, 'praise'>): string {
  const { host, cases } = result
  const style = createStyle(options)
  const count = (outcome: Outcome): number => cases.filter((c) => c.outcome === outcome).length
  const summary = (['pass', 'fail', 'not-possible'] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => ({
      text: `${count(outcome)} ${{ pass: 'passed', fail: 'failed', 'not-possible': 'not possible here' }[outcome]}`,
      tone: CASE_TONES[outcome],
    }))
  return [
    ...titleLines(TITLE, [{ text: `Linux ${host.kernel}` }, ...givenPhrases(result)], style),
    '',
    ...layOut(cases.map(caseLine), style),
    '',
    ` ${plural(cases.length, 'case', 'cases')}: ${wrap(summary, 12, 3, style).join('\n').trimStart()}`,
    '',
  ].join('\n')
}

function caseLine({ id, outcome, why }: SelectorsResult['cases'][number]): Line {
  return {
    label: LABELS[outcome],
    verdict: { text: id, tone: outcome === 'pass' ? undefined : CASE_TONES[outcome] },
    phrases: [{ text: why }],
  }
}
