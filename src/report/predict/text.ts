import { formatCount, formatPercent } from '../../units/format.js'
import type { ChangePrediction, PredictResult, SpreadPrediction } from '../../result/predict-result.js'
import { type Line, type Phrase, layOut, wrap } from '../line.js'
import { plural } from '../../units/plural.js'
import { createStyle, type Style, type StyleOptions } from '../style.js'
import { transitionPicture } from '../transition-picture.js'

const TITLE = 'rpbench predict'
/** Below this width, continuation lines of the head start near the margin. */
const NARROW = 64
/** Landing places named one by one; more are summed up. */
const NAMED_PLACES = 4

/**
 * A prediction as a person reads it: what was asked, that it is a model's answer, a picture from member to member,
 * then one line per share. No line exceeds `columns`, from 40 on; the text ends with a newline.
 */
export function renderPredictText(result: PredictResult, options: Omit<StyleOptions, 'praise'>): string {
  const style = createStyle(options)
  const titleWidth = TITLE.length + 3
  const hang = style.columns < NARROW ? 3 : titleWidth
  const [first = '', ...more] = wrap(predictPhrases(result), titleWidth, hang, style)
  const body = result.kind === 'change' ? changeBody(result, style) : layOut(predictLines(result), style)
  return [
    `${TITLE.padEnd(titleWidth)}${first}`.trimEnd(),
    ...more,
    ...wrap([{ text: 'A prediction of the model: nothing was sent or measured.' }], hang, hang, style).map(
      (line, i) => (i === 0 ? ' '.repeat(hang) + line : line),
    ),
    '',
    ...body,
    '',
  ].join('\n')
}

/** What a prediction says, a line each. */
export function predictLines(result: ChangePrediction | SpreadPrediction): Line[] {
  return result.kind === 'change' ? changeLines(result) : spreadLines(result)
}

/** What was asked. */
export function predictPhrases(result: PredictResult): Phrase[] {
  const rule = { '3.8': 'before 3.9', '3.9': '3.9 to 4.4', '4.5': '4.5 and later' }[result.rule]
  const what =
    result.kind === 'change'
      ? changeInWords(result)
      : `${plural(result.members, 'member', 'members')}, ${plural(result.flows, 'flow', 'flows')}`
  return [{ text: what }, { text: `steering ${result.steering}` }, { text: `UDP rule of Linux ${rule}` }]
}

function changeInWords({ from, to, change }: ChangePrediction): string {
  switch (change.kind) {
    case 'resize':
      return `${from} → ${plural(to, 'member', 'members')}`
    case 'remove':
      return `remove member ${change.member} of ${from}`
    case 'restart':
      return `restart member ${change.member} of ${from}, ${change.order}`
    default:
      return `replace all ${from} members, ${
        change.manner === 'rolling'
          ? `one by one, ${change.order}`
          : `all new ones first, then close the old ones ${change.manner === 'fifo' ? 'in bind order' : 'in reverse bind order'}`
      }`
  }
}

function changeBody(result: ChangePrediction, style: Style): string[] {
  return [...transitionPicture(result, style), '', ...layOut(predictLines(result), style)]
}

function changeLines(result: ChangePrediction): Line[] {
  const { staysShare, movedShare, orphanShare, collateralShare, minimumMovedShare } = result
  const lines: Line[] = [
    shareLine('stays', staysShare, 'of all flows keep their member'),
    shareLine('moves', movedShare, 'of all flows find another process'),
    shareLine('orphans', orphanShare, "their member's process is gone", ...landing(result)),
    shareLine('others', collateralShare, 'collateral: they move although their member lives'),
    shareLine('least', minimumMovedShare, leastInWords(result)),
  ]
  const peak = result.steps.reduce((worst, step) =>
    step.displacedShare > worst.displacedShare ? step : worst,
  )
  const last = result.steps.at(-1)
  if (last !== undefined && peak.displacedShare > last.displacedShare) {
    const group =
      peak.members === 0 ? 'no member is left' : `the group has ${plural(peak.members, 'member', 'members')}`
    lines.push(shareLine('meanwhile', peak.displacedShare, `are away from their member while ${group}`))
  }
  return [...lines, ...noteLines(result)]
}

function shareLine(label: string, share: number, ...facts: string[]): Line {
  return {
    label,
    verdict: { text: formatPercent(share).padStart('100.0 %'.length) },
    phrases: facts.map((text) => ({ text })),
  }
}

/** Where the orphans are afterwards, as parts of the orphans. */
function landing({ orphansLand, orphanShare, successorShare }: ChangePrediction): string[] {
  if (orphanShare === 0) return []
  const part = (share: number): string => formatPercent(share / orphanShare, 0)
  if (orphansLand.length <= NAMED_PLACES) {
    const places = orphansLand.map((life) => `${part(life.share)} to ${memberName(life)}`)
    return [`they land ${places.join(', ')}`]
  }
  return [
    `they land on ${orphansLand.length} members`,
    ...(successorShare > 0 ? [`${part(successorShare)} on the new process of their own member`] : []),
  ]
}

function leastInWords({ movedShare, minimumMovedShare }: ChangePrediction): string {
  return movedShare < minimumMovedShare
    ? 'any scheme moves that serves all members alike afterwards; this one does not, it waits for new flows'
    : 'any scheme moves that serves all members alike afterwards'
}

function noteLines({ steering, method, hashes, rule, from }: ChangePrediction): Line[] {
  const notes: Line[] = []
  if (steering === 'random') {
    const same = formatPercent(1 / from)
    notes.push(
      note(
        `each datagram is drawn anew: without any change, the next one of a flow meets the same member in ${same} of cases`,
      ),
    )
  }
  if (rule === '3.8') notes.push(note('before 3.9 the newest socket gets every flow, the others none'))
  if (method === 'simulated' && hashes !== undefined) {
    const error = formatPercent(1 / Math.sqrt(hashes), 2)
    notes.push(note(`counted over ${formatCount(hashes)} hashes, good to within ${error}`))
  }
  return notes
}

function note(text: string): Line {
  return { label: 'note', phrases: [{ text }] }
}

function memberName({ member, generation }: { member: number; generation: number }): string {
  return generation === 0 ? `member ${member}` : `the new member ${member}`
}

function spreadLines({ members, flows, maxOverMean, idleMemberProbability, rule }: SpreadPrediction): Line[] {
  const { expected, p95, p99 } = maxOverMean
  const mean = flows / members
  const busiest = (ratio: number): string => formatCount(ratio * mean)
  if (members === 1) {
    return [{ label: 'busiest', phrases: [{ text: 'the only member has all flows' }] }]
  }
  if (rule === '3.8') {
    return [
      {
        label: 'busiest',
        phrases: [{ text: `one member has all ${formatCount(flows)} flows: the newest socket` }],
      },
    ]
  }
  return [
    {
      label: 'mean',
      phrases: [{ text: `${mean < 100 ? mean.toFixed(1) : formatCount(mean)} flows per member` }],
    },
    {
      label: 'busiest',
      phrases: [
        { text: `max/mean ${expected.toFixed(3)} expected (${busiest(expected)} flows)` },
        { text: `under ${p95.toFixed(3)} in 95 % of runs` },
        { text: `under ${p99.toFixed(3)} in 99 %` },
      ],
    },
    {
      label: 'idle',
      phrases: [{ text: `some member gets no flow at all in ${probability(idleMemberProbability)} of runs` }],
    },
  ]
}

/** Never 0 % or 100 % for what only nearly is. */
function probability(p: number): string {
  if (p < 0.0001) return 'less than 0.01 %'
  if (p < 1 && p > 0.9999) return 'more than 99.99 %'
  return formatPercent(p, p < 0.1 || p > 0.9 ? 2 : 1)
}
