import type { DoctorCheck, DoctorResult } from '../../result/doctor-result.js'
import { titleLines } from '../header.js'
import { layOut, wrap, type Line } from '../line.js'
import { createStyle, type Style, type StyleOptions, type Tone } from '../style.js'

type Status = DoctorCheck['status']

const TITLE = 'rpbench doctor'
const TONES: Readonly<Record<Status, Tone>> = { ok: 'good', warn: 'warn', fail: 'bad', unknown: 'warn' }
/** In the order in which they are counted. */
const STATUSES: readonly Status[] = ['ok', 'warn', 'fail', 'unknown']
/** Where what a row means, and what changes it, begin: below its id. */
const WIDE_HANG = 11
const NARROW_HANG = 3
const NARROW = 64

/** What was found of a host, a line for each check; below one that is not ok, what it means and what changes it. */
export function renderDoctorText(result: DoctorResult, options: Omit<StyleOptions, 'praise'>): string {
  const { host, checks } = result
  const style = createStyle({ ...options, praise: true })
  const lines = checks.map(checkLine)
  return [
    ...titleLines(
      TITLE,
      [{ text: `Linux ${host.kernel}` }, { text: host.arch }, { text: host.cpuModel }],
      style,
    ),
    '',
    ...checks.flatMap((check, i) => [...layOut([lines[i]!], style, lines), ...reasons(check, style)]),
    '',
    ...layOut([answer(result)], style),
    '',
  ].join('\n')
}

function checkLine({ id, status, observed }: DoctorCheck): Line {
  return { label: status, verdict: { text: id, tone: TONES[status] }, phrases: [{ text: observed }] }
}

function reasons({ status, expected, means, cures }: DoctorCheck, style: Style): string[] {
  if (status === 'ok') return []
  const hang = style.columns < NARROW ? NARROW_HANG : WIDE_HANG
  const block = (text: string, indent = hang, more = indent): string[] => {
    const [first = '', ...rest] = wrap([{ text }], indent, more, style)
    return [' '.repeat(indent) + first, ...rest]
  }
  return [
    ...block(`expected: ${expected}; matters for ${means}`),
    ...cures.flatMap(({ command, does, root, lasts, persistent }) => {
      if (command === undefined) return block(`→ ${does}`, hang, hang + 2)
      const how = [root && 'as root', lasts].filter((part) => typeof part === 'string').join(', ')
      return [
        ...block(`→ ${command}`, hang, hang + 2),
        ...block(`${does}${how === '' ? '' : ` (${how})`}`, hang + 2),
        ...(persistent === undefined ? [] : block(`to keep it: ${persistent}`, hang + 2)),
      ]
    }),
  ]
}

function answer({ stopped, works, checks }: DoctorResult): Line {
  const counts = STATUSES.flatMap((status) => {
    const count = checks.filter((check) => check.status === status).length
    return count === 0 ? [] : [{ text: `${count} ${status}`, tone: TONES[status] }]
  })
  const interrupted = stopped === undefined ? [] : [{ text: 'interrupted: not all was probed' }]
  const verdict = works
    ? { text: 'works', tone: 'good' as const }
    : stopped === undefined
      ? { text: 'does not work', tone: 'bad' as const }
      : { text: 'cannot tell', tone: 'warn' as const }
  return {
    label: 'reuseport',
    verdict,
    phrases: [...interrupted, ...counts],
  }
}
