import type { AttachFinding, AttachResult } from '../../result/attach-result.js'
import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { givenPhrases, titleLines } from '../header.js'
import { layOut, type Line, type Phrase } from '../line.js'
import { countingCost, readersCost } from '../observing-cost.js'
import { spreadLine } from '../spread-lines.js'
import { createStyle, type StyleOptions, type Tone } from '../style.js'
import { attachMembers } from './members-table.js'

const TITLE = 'rpbench attach'
const TONES: Readonly<Record<AttachFinding['severity'], Tone | undefined>> = { warn: 'bad', note: 'warn' }

/** What was watched, how far, and how long. */
export function attachPhrases(result: AttachResult): Phrase[] {
  const { plan, members, groups, durationNs, stopped } = result
  const { protocol, port, pid } = plan.effective
  return [
    { text: `${protocol} port ${port}` },
    ...(pid === undefined ? [] : [{ text: `in the network of process ${pid}` }]),
    { text: plural(members.length, 'socket', 'sockets') },
    ...(groups.length > 1 ? [{ text: `${groups.length} groups` }] : []),
    { text: `${formatDuration(durationNs)}${stopped === undefined ? '' : `, ${stopped}`}` },
    ...givenPhrases(result),
  ]
}

/** Which level is in force, and what the next one needs. */
function levelLine({ levels: { inForce, refusals } }: AttachResult): Line {
  const [next] = refusals
  return {
    label: 'level',
    verdict: { text: inForce },
    phrases:
      next === undefined
        ? [{ text: LEVEL_IN_WORDS[inForce] }]
        : [
            { text: LEVEL_IN_WORDS[inForce] },
            { text: `${next.level} is not in force: ${next.why}` },
            ...(next.needs === undefined ? [] : [{ text: `it needs ${next.needs}` }]),
            ...(next.command === undefined ? [] : [{ text: `→ ${next.command}` }]),
          ],
  }
}

const LEVEL_IN_WORDS: Readonly<Record<AttachResult['levels']['inForce'], string>> = {
  look: 'sockets, queues and drops, as any user may read them',
  count: 'flows and packets of each member, counted by a filter on its socket',
  explain: 'flows and packets of each member, and how the kernel picks it',
}

const PICKS: Readonly<Record<NonNullable<AttachResult['groups'][number]['picks']>, string>> = {
  hash: 'the hash picks: no program, no SO_INCOMING_CPU',
  program: 'a program picks',
  'incoming-cpu': 'SO_INCOMING_CPU picks, and the hash where it names no member',
  'lookup-program': 'a program of the namespace (BPF_SK_LOOKUP) comes before: what picks is not told',
  nothing: 'one socket: there is nothing to pick',
}

/** Whether SO_REUSEPORT is set, and what picks the member. */
function reuseportLine({ members, groups }: AttachResult): Line {
  const told = members.filter(({ reuseport }) => reuseport !== undefined)
  if (told.length === 0)
    return {
      label: 'reuseport',
      verdict: { text: 'not known', tone: 'warn' },
      phrases: [{ text: 'the kernel tells of the flag, the order and a program at level explain alone' }],
    }
  const set = told.filter(({ reuseport }) => reuseport)
  const picked = groups.map(({ picks }) => picks && PICKS[picks])
  return {
    label: 'reuseport',
    verdict: { text: set.length === 0 ? 'not set' : set.length === told.length ? 'set' : 'set on some' },
    phrases: [...new Set(picked.filter((text) => text !== undefined))].map((text) => ({ text })),
  }
}

function affinityLines({ affinity, members }: AttachResult): Line[] {
  if (affinity === undefined || affinity.flows === 0 || members.length < 2) return []
  const { flows, moved, unlisted } = affinity
  return [
    {
      label: 'affinity',
      verdict: moved === 0 ? { text: 'kept', tone: 'good' } : { text: 'moved', tone: 'warn' },
      phrases: [
        {
          text:
            moved === 0
              ? `each of ${plural(flows, 'flow', 'flows')} came to one member`
              : `${formatCount(moved)} of ${plural(flows, 'flow', 'flows')} (${formatPercent(moved / flows)}) came to more than one member`,
        },
        ...(unlisted > 0
          ? [{ text: `${plural(unlisted, 'packet', 'packets')} of flows that are not listed` }]
          : []),
      ],
    },
  ]
}

function balanceLines({ groups, plan }: AttachResult): Line[] {
  return groups.flatMap(({ balance, address, program }) => {
    if (balance === undefined) return []
    const { phrases, ...line } = spreadLine(balance)
    return [
      {
        ...line,
        phrases: [
          ...(groups.length > 1 ? [{ text: `of ${address}:${plan.effective.port}` }] : []),
          ...(program === undefined ? [] : [{ text: 'picked by a program' }]),
          ...phrases,
        ],
      },
    ]
  })
}

const findingLine = ({ code, severity, message, nextStep }: AttachFinding): Line => ({
  label: severity === 'warn' ? 'finding' : 'note',
  verdict: { text: code, tone: TONES[severity] },
  phrases: [{ text: `${message} → ${nextStep}` }],
})

/** Who may not be looked into, where that leaves something unknown. */
function ownersLine({ hiddenProcesses, members }: AttachResult): Line[] {
  const unknown = members.filter(({ holders }) => holders === undefined).length
  if (!hiddenProcesses || unknown === 0) return []
  return [
    {
      label: 'owners',
      verdict: { text: 'not known', tone: 'warn' },
      phrases: [
        {
          text: `of ${plural(unknown, 'socket', 'sockets')}: this user may not look into processes of others`,
        },
      ],
    },
  ]
}

function costLine({ cost, durationNs, levels, affinity }: AttachResult): Line {
  const { looks, cpuNs, counted, readers } = cost
  return {
    label: 'cost',
    phrases: [
      {
        text: `${plural(looks, 'look', 'looks')}, ${formatDuration(cpuNs)} of CPU time (${formatPercent(cpuNs / Math.max(1, durationNs))} of a CPU)${levels.inForce === 'look' ? ', none of it in the server' : ''}`,
      },
      ...(affinity === undefined || affinity.flows === 0 ? [] : [{ text: countingCost(counted) }]),
      ...(readers === undefined ? [] : [{ text: readersCost(readers) }]),
    ],
  }
}

/** The lines below the table: level, flag, owners, spread, findings, cost. */
export function attachLines(result: AttachResult): Line[] {
  return [
    levelLine(result),
    reuseportLine(result),
    ...ownersLine(result),
    ...balanceLines(result),
    ...affinityLines(result),
    ...result.findings.map(findingLine),
    ...result.levels.notes.map((text): Line => ({ label: 'note', phrases: [{ text }] })),
    costLine(result),
  ]
}

/** Who is in a group that is watched, how what comes spreads over it, and what was found, each with a next step. */
export function renderAttachText(result: AttachResult, options: Omit<StyleOptions, 'praise'>): string {
  const style = createStyle(options)
  return [
    ...titleLines(TITLE, attachPhrases(result), style),
    '',
    ...attachMembers(result, style),
    '',
    ...layOut(attachLines(result), style),
    '',
  ].join('\n')
}
