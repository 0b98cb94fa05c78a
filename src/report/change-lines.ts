import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import { COUNTED_AS } from '../plan/protocol.js'
import type { ChangeResult, LossCounts } from '../result/churn-result.js'
import { NO_CONNECTION } from './books-line.js'
import { lifeNames } from './life-name.js'
import type { Line, Phrase } from './line.js'
import { plural } from '../units/plural.js'
import type { Tone } from './style.js'

/** Groups up to this size are shown member by member. */
const SHOWN_MEMBERS = 10

const VERDICT_TONES: Readonly<Record<ChangeResult['verdict'], Tone>> = {
  'as predicted': 'good',
  differs: 'bad',
  unseen: 'warn',
}

/** What was done, and when; how the group changed by it. */
export function changePhrases(result: ChangeResult): Phrase[] {
  const { change, membersBefore, membersAfter } = result
  const phrases = [change]
  const [before, after] = [lifeNames(membersBefore), lifeNames(membersAfter)]
  if (membersBefore.length !== membersAfter.length)
    phrases.push(`${membersBefore.length} → ${plural(membersAfter.length, 'member', 'members')}`)
  if (before !== after && Math.max(membersBefore.length, membersAfter.length) <= SHOWN_MEMBERS)
    phrases.push(`array ${before} → ${after}`)
  return phrases.map((text) => ({ text }))
}

/** What became of the flows, beside the model and the least possible; what it cost; how long it took. */
export function changeLines(result: ChangeResult): Line[] {
  return [
    movedLine(result),
    ...whyLine(result),
    ...darkLine(result),
    ...returnedLine(result),
    lostLine(result),
    ...queueLine(result),
    ...timeLine(result),
  ]
}

function movedLine({
  verdict,
  flows,
  moved,
  movedShare,
  predicted,
  minimum,
  test,
  dark,
}: ChangeResult): Line {
  const label = { label: 'moved', verdict: { text: verdict, tone: VERDICT_TONES[verdict] } }
  if (verdict === 'unseen')
    return { ...label, phrases: [{ text: 'no flow was answered both before the change and after it' }] }
  const seen = plural(flows, 'flow', 'flows')
  const measured =
    moved === 0 ? `none of ${seen}` : `${formatPercent(movedShare)} (${formatCount(moved)} of ${seen})`
  const texts = [
    dark > 0 ? `${measured} that were answered before and after` : measured,
    predicted.from === 'placement'
      ? `the model says ${percentOrNone(predicted.movedShare)}, from where flows were seen before: an earlier change left that to when each of them sent`
      : `the model says ${percentOrNone(predicted.movedShare)}`,
    `any scheme moves at least ${percentOrNone(minimum.movedShare)}`,
    ...(test.checked === undefined
      ? []
      : [
          `${formatCount(test.agreed ?? 0)} of ${plural(test.checked, 'flow', 'flows')} where their hash puts them, before and after`,
        ]),
    ...(verdict === 'differs' && test.pValue !== undefined
      ? [test.pValue === 0 ? 'the model rules this out' : `p ${test.pValue.toExponential(0)}`]
      : []),
  ]
  // Where nothing has to move and nothing does, the bound says nothing.
  const shown = moved === 0 && minimum.movedShare === 0 ? texts.filter((_, i) => i !== 2) : texts
  return { ...label, phrases: shown.map((text) => ({ text })) }
}

function percentOrNone(share: number): string {
  return share === 0 ? 'none' : formatPercent(share)
}

/** Why flows moved: whose process was gone, and whose was not. */
function whyLine({ moved, orphans, collateral, strayed }: ChangeResult): Line[] {
  const phrases: Phrase[] = []
  if (orphans > 0) phrases.push({ text: `${plural(orphans, 'orphan', 'orphans')}: their process is gone` })
  if (collateral > 0)
    phrases.push({ text: `${formatCount(collateral)} collateral: moved although their process lives` })
  else if (moved > 0) phrases.push({ text: 'no collateral' })
  if (strayed > 0) phrases.push({ text: `${formatCount(strayed)} more were answered elsewhere meanwhile` })
  return phrases.length === 0 ? [] : [{ label: 'why', phrases }]
}

/** Flows that nobody answers, and whose they were. */
function darkLine({ dark, darkShare, darkFrom, membersBefore, predicted }: ChangeResult): Line[] {
  if (dark === 0) return []
  const places = membersBefore.flatMap(({ member }, row) => {
    const count = darkFrom[row] ?? 0
    return count === 0 ? [] : [{ member, count }]
  })
  const [only, ...others] = places.toSorted((a, b) => b.count - a.count)
  const whose =
    only === undefined
      ? []
      : others.length === 0 && only.count === dark
        ? [`all of them of member ${only.member}`]
        : [
            `last seen at ${[only, ...others].map(({ member, count }) => `member ${member}: ${formatCount(count)}`).join(', ')}`,
          ]
  return [
    {
      label: 'dark',
      phrases: [
        {
          text: `${formatPercent(darkShare)} (${plural(dark, 'flow gets', 'flows get')} no answer)`,
          tone: 'bad',
        },
        ...(predicted.darkShare > 0 ? [`the model says ${formatPercent(predicted.darkShare)}`] : []).map(
          (text) => ({ text }),
        ),
        ...whose.map((text) => ({ text })),
      ],
    },
  ]
}

function returnedLine({ returned }: ChangeResult): Line[] {
  return returned === 0
    ? []
    : [
        {
          label: 'back',
          phrases: [{ text: `${plural(returned, 'dark flow is', 'dark flows are')} answered again` }],
        },
      ]
}

/** What requests are lost to at a change, in the words of the books. */
const LOST_TO: readonly [keyof LossCounts, string][] = [
  ['droppedAtMembers', 'dropped at members'],
  ['noSocket', 'met no socket (nobody was bound)'],
  ['closedWithSocket', 'closed with a socket'],
  ['leftAtMembers', 'left in queues'],
  ['otherwise', 'otherwise'],
]

function lostLine({ lost, lostTo, late, connections }: ChangeResult): Line {
  const counted = COUNTED_AS[connections ? 'tcp' : 'udp'].sent
  const phrases: Phrase[] = [
    lost === 0
      ? { text: 'nothing' }
      : {
          text: plural(lost, counted, `${counted}s`),
          tone: 'bad',
        },
  ]
  for (const [cause, words] of LOST_TO) {
    const count = lostTo?.[cause] ?? 0
    const named = connections && cause === 'noSocket' ? NO_CONNECTION : words
    if (count > 0) phrases.push({ text: `${formatCount(count)} ${named}` })
  }
  if (late > 0) phrases.push({ text: `${formatCount(late)} late`, tone: 'warn' })
  return { label: 'lost', phrases }
}

/** Over TCP: what waited where a listener closed, what that foretold, and what clients saw of it. */
function queueLine({ connections }: ChangeResult): Line[] {
  if (connections === undefined) return []
  const { queued, migrates, unanswered = 0, predictedLost, reset, closed, open } = connections
  const waited = `${plural(queued, 'connection', 'connections')} waited where a listener closed`
  const phrases: Phrase[] = [
    { text: migrates === true && queued > 0 ? `${waited}, which migrate (tcp_migrate_req)` : waited },
    ...(unanswered > 0
      ? [{ text: `${formatCount(unanswered)} more had been accepted and not answered` }]
      : []),
    { text: `to be lost: ${formatCount(predictedLost)}` },
    { text: `broken off: ${formatCount(reset)}`, tone: reset > 0 ? 'bad' : undefined },
  ]
  if (open > 0) phrases.push({ text: `${formatCount(open)} open ones ended with it` })
  if (closed > 0) phrases.push({ text: `${formatCount(closed)} closed by the server` })
  return [{ label: 'queue', phrases }]
}

function timeLine({ moved, strayed, settledNs, latencyBefore, latencyDuring }: ChangeResult): Line[] {
  const texts: string[] = []
  if (moved + strayed > 0)
    texts.push(settledNs === 0 ? 'settled at once' : `settled after ${formatDuration(settledNs)}`)
  if (latencyBefore && latencyDuring)
    texts.push(
      `response p99 ${formatDuration(latencyBefore.p99Ns)} before → ${formatDuration(latencyDuring.p99Ns)} meanwhile`,
    )
  return texts.length === 0 ? [] : [{ label: 'time', phrases: texts.map((text) => ({ text })) }]
}
