import { LOOPBACK } from '../../units/addresses.js'
import { formatDuration } from '../../units/format.js'
import type { ClaimsResult } from '../../result/verify-result.js'
import { CLAIM_TONES, claimLines } from '../claim-lines.js'
import { givenPhrases, titleLines } from '../header.js'
import { layOut, type Line, type Phrase, wrap } from '../line.js'
import { plural } from '../../units/plural.js'
import { thresholdBlock } from '../threshold-lines.js'
import { createStyle } from '../style.js'
import type { TextOptions } from '../views.js'

const TITLE = 'rpbench verify'

/**
 * The claims as a person reads them: a block for each, its verdict first, in one sentence, then the figures; then how
 * many there were of each verdict. No line exceeds `columns` (30 at least); the text ends with a newline.
 */
export function renderVerifyText(result: ClaimsResult, options: TextOptions): string {
  const style = createStyle(options)
  const { claims } = result
  const blocks = claims.map(claimLines)
  const rest = remarkLines(result)
  // One table, so that all blocks have the same columns.
  const lines = [...blocks.flat(), ...rest]
  const laidOut = (some: readonly Line[]): string[] => layOut(some, style, lines)
  return [
    ...titleLines(TITLE, [...verifyPhrases(result), ...givenPhrases(result)], style),
    '',
    ...blocks.flatMap((block) => [...laidOut(block), '']),
    ...(rest.length > 0 ? [...laidOut(rest), ''] : []),
    ` ${plural(claims.length, 'claim', 'claims')}: ${wrap(summary(result), 11, 3, style).join('\n').trimStart()}`,
    ...thresholdBlock(result, style),
    '',
  ].join('\n')
}

/** What there is to say beside the claims: why it ended, what runs say against themselves, notes. */
export function remarkLines(result: ClaimsResult): Line[] {
  const { stopped, notes = [] } = result
  return [
    ...(stopped === undefined
      ? []
      : [
          {
            label: 'stopped',
            verdict: { text: stopped, tone: 'warn' as const },
            phrases: [{ text: `after ${roughly(result.durationNs)}; what was finished is above` }],
          },
        ]),
    ...suspicionLines(result),
    ...notes.map((text) => ({ label: 'note', phrases: [{ text }] })),
  ]
}

/** Where and of what the claims were put to the test. */
export function verifyPhrases({ host, plan, durationNs }: ClaimsResult): Phrase[] {
  const { host: address, listen, procs, flows, steering, protocol = 'udp' } = plan.effective
  return [
    `Linux ${host.kernel}`,
    ...(protocol === 'udp' ? [] : [protocol]),
    ...(address === LOOPBACK.ipv4 ? [] : [`groups on ${address}`]),
    ...(listen === undefined || listen === 'address' ? [] : [`listen ${listen}`]),
    plural(procs, 'process', 'processes'),
    plural(flows, 'flow', 'flows'),
    ...(steering !== 'hash' ? [`steering ${steering}`] : []),
    roughly(durationNs),
  ].map((text) => ({ text }))
}

/** Whole seconds, where there is one: nobody needs more of how long it took. */
function roughly(ns: number): string {
  return formatDuration(ns < 1e9 ? ns : Math.round(ns / 1e9) * 1e9)
}

/** What runs say against themselves without being invalid: each thing once, with how many said it. */
function suspicionLines({ claims }: ClaimsResult): Line[] {
  const runs = new Map<string, Map<string, string>>()
  for (const { evidence } of claims) {
    if (evidence === undefined) continue
    for (const { port, seed, findings } of runsOf(evidence))
      for (const { code, severity, message } of findings)
        if (severity === 'suspect')
          runs.set(code, (runs.get(code) ?? new Map<string, string>()).set(`${port} ${seed}`, message))
  }
  return [...runs.values()].map((messages) => {
    const [first = ''] = messages.values()
    return {
      label: 'suspect',
      verdict: { text: plural(messages.size, 'run', 'runs'), tone: 'warn' as const },
      phrases: [{ text: first }],
    }
  })
}

type Evidence = NonNullable<ClaimsResult['claims'][number]['evidence']>

function runsOf(evidence: Evidence) {
  if ('runs' in evidence) return evidence.runs
  if ('repetitions' in evidence) return evidence.repetitions
  return 'run' in evidence ? [evidence.run] : [evidence.light, ...evidence.overloads]
}

function summary({ claims }: ClaimsResult): Phrase[] {
  return (['holds', 'does not hold', 'cannot tell'] as const).flatMap((verdict) => {
    const count = claims.filter((claim) => claim.verdict === verdict).length
    if (count === 0) return []
    const one = count === 1
    const text = {
      holds: one ? '1 holds' : `${count} hold`,
      'does not hold': one ? '1 does not hold' : `${count} do not hold`,
      'cannot tell': `${count} cannot be told`,
    }[verdict]
    return [{ text, tone: CLAIM_TONES[verdict] }]
  })
}
