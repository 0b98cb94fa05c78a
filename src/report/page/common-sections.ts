import { formatBytes } from '../../units/format.js'
import type { RunResult } from '../../result/run-result.js'
import { markup } from '../svg/markup.js'
import { validityLines } from '../validity-lines.js'
import type { Line } from '../line.js'
import { plainText } from './cells.js'
import { lineList, type Section, toned, type Verdict } from './parts.js'
import { pairs, table } from './table.js'

type Validity = RunResult['validity']

/** The verdict of a line, for the top. */
export function verdictOf(line: Line | undefined): Verdict[] {
  return line?.verdict ? [{ about: line.label, word: line.verdict.text, tone: line.verdict.tone }] : []
}

/** Can it be trusted: what was found, with what to do next, and all that was checked. */
export function validitySection(result: { validity: Validity }): Section {
  const { checks } = result.validity
  return {
    key: 'validity',
    title: 'Validity: can this be trusted?',
    content: [
      lineList(findings(result)),
      table<(typeof checks)[number]>(
        'Everything that was checked',
        [
          { title: 'check', words: true, cell: ({ code }) => markup`<code>${code}</code>` },
          { title: 'measured', cell: ({ measured }) => short(measured) },
          { title: 'limit', cell: ({ limit }) => short(limit) },
          {
            title: '',
            words: true,
            cell: ({ passed }) => toned(passed ? 'passed' : 'not passed', passed ? 'good' : 'warn'),
          },
        ],
        checks,
      ),
    ],
  }
}

/** A finding and its next step are one. */
function findings(result: { validity: Validity }): Line[] {
  const lines: Line[] = []
  for (const line of validityLines(result)) {
    const last = lines.at(-1)
    if (line.verdict?.text === '' && last)
      lines[lines.length - 1] = { ...last, phrases: [...last.phrases, ...line.phrases] }
    else lines.push(line)
  }
  return lines
}

const short = (value: number): string => String(Number(value.toPrecision(4)))

interface Origin {
  tool: { name: string; version: string }
  startedAt: string
  label?: string | undefined
  host?: RunResult['host']
  plan?: { supplied: Record<string, unknown>; effective?: object }
}

/** Where it was measured, with what, and what was asked for. */
export function originSection(command: string, { tool, startedAt, label, host, plan }: Origin): Section {
  return {
    key: 'origin',
    title: 'Host and plan',
    content: [
      plan && markup`<p><code>${commandLine(command, plan.supplied)}</code></p>`,
      pairs('Where and when', [
        ['label', label !== undefined && markup`<bdi>${label}</bdi>`],
        ['started', startedAt],
        ['rpbench', tool.version],
        ...(host
          ? ([
              ['host', host.hostname],
              ['kernel', `Linux ${host.kernel} ${host.arch}`],
              ['CPU', `${host.cpus} × ${host.cpuModel}`],
              ['memory', formatBytes(host.memoryBytes)],
              ['Node', host.node],
            ] as const)
          : []),
      ]),
      plan?.effective &&
        pairs(
          'What was measured, with every default',
          Object.entries(plan.effective).map(([key, value]) => [key, plainText(value)] as const),
        ),
    ],
  }
}

/** As it would be typed. */
export function commandLine(command: string, supplied: Record<string, unknown>): string {
  const words = Object.entries(supplied).flatMap(([flag, value]) =>
    (Array.isArray(value) ? value : [value]).map((one: unknown) => {
      if (typeof one === 'boolean') return one ? `--${flag}` : `--no-${flag}`
      const text = plainText(one)
      return /^[\w.,:/%+@=-]+$/.test(text)
        ? `--${flag} ${text}`
        : `--${flag} '${text.replaceAll("'", `'\\''`)}'`
    }),
  )
  return [command, ...words].join(' ')
}
