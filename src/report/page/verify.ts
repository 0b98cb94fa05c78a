import type { BalanceEvidence, OverloadEvidence } from '../../result/claim-evidence.js'
import type { Claim, ClaimsResult } from '../../result/verify-result.js'
import { formatCount, formatPercent } from '../../units/format.js'
import { CLAIM_TONES, claimLines } from '../claim-lines.js'
import { formatP, formatStatistic } from '../spread-lines.js'
import { remarkLines, verifyPhrases } from '../verify/text.js'
import { changesTable } from './churn.js'
import { originSection } from './common-sections.js'
import { limitsSection, limitsVerdict } from './limits.js'
import { movedChart } from './moved-chart.js'
import { beside, type Body, charts, lineList, type Section } from './parts.js'
import { table } from './table.js'
import { drawsChart } from './draws-chart.js'
import { flowsChart } from './flows-chart.js'

/** What is put to the test, as one would say it. */
const SENTENCES: Readonly<Record<Claim['id'], string>> = {
  affinity: 'One flow always reaches the same socket',
  balance: 'Different flows spread evenly',
  churn: 'Changing the number of sockets moves flows, as many as predicted',
  overload: 'Overload does not break the balance',
}

/** Claims, each with its verdict and the evidence. */
export function verifyBody(result: ClaimsResult): Body {
  const { claims } = result
  const remarks = remarkLines(result)
  return {
    command: 'rpbench verify',
    facts: verifyPhrases(result),
    ...wordOf(result),
    notices: remarks.filter(({ label }) => label === 'stopped'),
    verdicts: [
      ...claims.map(({ id, verdict }) => ({ about: id, word: verdict, tone: CLAIM_TONES[verdict] })),
      ...limitsVerdict(result),
    ],
    headlines: [
      {
        name: 'claims that hold',
        value: `${claims.filter(({ holds }) => holds).length} of ${claims.length}`,
      },
    ],
    sections: [
      ...limitsSection(result),
      ...claims.map(claimSection),
      ...(remarks.length === 0
        ? []
        : [{ key: 'remarks', title: 'What to know', content: lineList(remarks) }]),
      originSection('rpbench verify', result),
    ],
  }
}

/** The answer, where limits do not say something else. */
function wordOf({ claims, thresholds = [] }: ClaimsResult): { word?: string } {
  const refuted = claims.filter(({ holds }) => holds === false).length
  if (refuted > 0)
    return { word: `${refuted} of ${claims.length} claims ${refuted === 1 ? 'does' : 'do'} not hold` }
  if (thresholds.some(({ outcome }) => outcome !== 'pass')) return {}
  return claims.every(({ holds }) => holds)
    ? { word: claims.length === 1 ? 'The claim holds' : `All ${claims.length} claims hold` }
    : { word: 'Not all can be told' }
}

function claimSection(claim: Claim): Section {
  return {
    key: claim.id,
    title: SENTENCES[claim.id],
    content: [lineList(claimLines(claim)), evidence(claim)],
  }
}

function evidence(claim: Claim) {
  switch (claim.id) {
    case 'affinity':
      return claim.evidence && runsTable(claim.evidence.runs)
    case 'balance':
      return claim.evidence && beside(charts(drawsChart(claim.evidence)), drawsTable(claim.evidence))
    case 'churn':
      return (
        claim.evidence &&
        beside(charts(movedChart(claim.evidence.changes)), changesTable(claim.evidence.changes))
      )
    default:
      return claim.evidence && overload(claim.evidence)
  }
}

type AffinityRuns = Extract<Claim, { id: 'affinity' }>['evidence'] & object

function runsTable(runs: AffinityRuns['runs']) {
  return table<AffinityRuns['runs'][number]>(
    'Runs that were looked at',
    [
      { title: 'port', cell: ({ port }) => String(port) },
      { title: 'load', words: true, cell: ({ load }) => load },
      { title: 'flows', cell: ({ flows }) => formatCount(flows) },
      { title: 'replies', cell: ({ replies }) => formatCount(replies) },
      { title: 'moved', cell: ({ moved }) => formatCount(moved) },
      { title: 'unanswered', cell: ({ unanswered }) => formatCount(unanswered) },
      { title: 'validity', words: true, cell: ({ validity }) => validity },
    ],
    runs,
  )
}

function drawsTable({ repetitions }: BalanceEvidence) {
  return table<BalanceEvidence['repetitions'][number]>(
    'Independent draws',
    [
      { title: 'port', cell: ({ port }) => String(port) },
      { title: 'flows', cell: ({ flows }) => formatCount(flows) },
      { title: 'χ²', cell: ({ chiSquare }) => formatStatistic(chiSquare) },
      { title: 'p', cell: ({ pValue }) => formatP(pValue).replace(/^p /, '') },
      { title: 'adjusted p', cell: ({ adjustedPValue }) => formatP(adjustedPValue).replace(/^p /, '') },
      { title: 'max/mean', cell: ({ maxOverMean }) => maxOverMean.toFixed(3) },
      { title: '', words: true, cell: ({ verdict }) => verdict },
    ],
    repetitions,
  )
}

function overload({ light, overloads }: OverloadEvidence) {
  const runs = [{ name: 'light load', run: light }, ...overloads.map((run) => ({ name: 'overload', run }))]
  return [
    charts(
      ...runs.map(({ name, run }) => flowsChart({ what: `flows under ${name}`, values: run.flowsPerMember })),
    ),
    table<(typeof runs)[number]>(
      'Under a light load, and under twice what the group can do',
      [
        { title: 'load', words: true, cell: ({ name }) => name },
        { title: 'requests/s', cell: ({ run }) => formatCount(run.rateHz) },
        { title: 'sent', cell: ({ run }) => formatCount(run.sent) },
        { title: 'replies', cell: ({ run }) => formatCount(run.replied) },
        { title: 'lost', cell: ({ run }) => formatPercent(run.lostShare) },
        { title: 'dropped at members', cell: ({ run }) => formatCount(run.droppedAtMembers) },
        { title: 'flows moved', cell: ({ run }) => formatCount(run.moved) },
        { title: 'max/mean', cell: ({ run }) => run.balance?.maxOverMean.toFixed(3) },
        { title: 'imbalance', words: true, cell: ({ run }) => run.imbalance?.verdict },
      ],
      runs,
    ),
  ]
}
