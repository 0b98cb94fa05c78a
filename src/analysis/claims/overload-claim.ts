import type { OverloadEvidence } from '../../result/claim-evidence.js'
import type { FlowRow, RunResult } from '../../result/run-result.js'
import type { ClaimOf, Ruling } from '../../result/verify-result.js'
import { formatCount, formatPercent } from '../../units/format.js'
import { analyseBalance, EFFECT_BOUND_W, effectBeyondChance } from '../balance/balance.js'
import { comparePlacements } from '../affinity/same-placement.js'
import { CLAIM_ALPHA, fails, holds, invalidRun, claimRun, untold } from './ruling.js'

type LoadedRun = OverloadEvidence['light']
type OverloadRun = OverloadEvidence['overloads'][number]
type Spread = OverloadRun['placement']['light']
type Part = OverloadEvidence['breaks'][number]

/** A group at twice its capacity loses half; with less than this it was not overloaded. */
const LEAST_LOSS = 0.1
/** And one that was meant to be lightly loaded and loses more than this was overloaded as well. */
const MOST_LIGHT_LOSS = 0.01
/** Members that never answer leave flows of which nothing is known: this share of them must be. */
const LEAST_COMPARED = 0.5
const NAMED = 20

/** A run at one of the two loads, as far as the claim is concerned. */
export function loadedRun(
  result: Pick<
    RunResult,
    'group' | 'plan' | 'validity' | 'affinity' | 'books' | 'balance' | 'members' | 'imbalance'
  >,
): LoadedRun {
  const { books, balance, members, affinity, imbalance, plan } = result
  const { sent, replied, late, lost, droppedAtMembers } = books
  return {
    ...claimRun(result),
    rateHz: plan.effective.rateHz ?? 0,
    sent,
    replied,
    late,
    lost,
    droppedAtMembers: droppedAtMembers ?? 0,
    lostShare: sent === 0 ? 0 : lost / sent,
    moved: affinity.moved ?? 0,
    unanswered: affinity.unanswered,
    unasked: affinity.unasked,
    flowsPerMember: members.map((member) => member.flows),
    ...(balance && {
      balance: {
        flows: balance.flows,
        chiSquare: balance.chiSquare,
        degreesOfFreedom: balance.degreesOfFreedom,
        pValue: balance.pValue,
        maxOverMean: balance.maxOverMean,
        flowsPerMember: balance.flowsPerMember,
        basis: balance.basis,
        unansweredShare: balance.unansweredShare,
        verdict: balance.verdict,
      },
    }),
    ...(imbalance && { imbalance }),
  }
}

/** A run at the high load, with where its flows were against those of the run at the light load. */
export function overloadRun(
  run: LoadedRun,
  lightFlows: Iterable<FlowRow>,
  flows: Iterable<FlowRow>,
): OverloadRun {
  const { compared, moved, flowsPerMember } = comparePlacements(lightFlows, flows, run.flowsPerMember.length)
  const spreadOf = (counts: number[]): Spread => {
    if (compared === 0) return { flowsPerMember: counts }
    const { chiSquare, pValue } = analyseBalance(counts, { seed: run.seed }).balance
    return { flowsPerMember: counts, chiSquare, pValue }
  }
  return {
    ...run,
    placement: {
      compared,
      moved: moved.length,
      light: spreadOf(flowsPerMember.first),
      overload: spreadOf(flowsPerMember.second),
      examples: moved.slice(0, NAMED),
    },
  }
}

/** Whether members delivered unequally what came to them. */
export function deliversUnevenly({ imbalance }: LoadedRun): boolean {
  return imbalance?.parts.delivery.verdict === 'uneven'
}

/** Whether overload breaks the balance, and which part of it: where flows go, how they spread, what members deliver. */
export function judgeOverload(measured: Omit<OverloadEvidence, 'breaks'>): ClaimOf<'overload'> {
  const evidence = { ...measured, breaks: brokenParts(measured) }
  return { id: 'overload', ...ruleOn(evidence), evidence }
}

function brokenParts({ overloads }: Omit<OverloadEvidence, 'breaks'>): Part[] {
  const spread = overloads.some((run) => isSkewed(run, 'overload') && !isSkewed(run, 'light'))
  // No test stands behind its bound, and a busy host starves a member now and then: only what comes again counts.
  const delivery = overloads.length > 1 && overloads.every(deliversUnevenly)
  return [
    ...(overloads.some((run) => run.placement.moved > 0) ? (['placement'] as const) : []),
    ...(spread ? (['spread'] as const) : []),
    ...(delivery ? (['delivery'] as const) : []),
  ]
}

function isSkewed({ placement }: OverloadRun, load: 'light' | 'overload'): boolean {
  const { flowsPerMember, chiSquare = 0, pValue = 1 } = placement[load]
  const skewW = effectBeyondChance(chiSquare, flowsPerMember.length - 1, placement.compared)
  return pValue < CLAIM_ALPHA && skewW > EFFECT_BOUND_W
}

function ruleOn({ light, overloads, breaks }: OverloadEvidence): Ruling {
  const invalid = invalidRun([light, ...overloads])
  if (invalid) return invalid
  const run = overloads.at(-1)
  if (run === undefined) return untold('Interrupted before the group was overloaded.')
  if (light.lostShare > MOST_LIGHT_LOSS)
    return untold(
      `The group was overloaded under the light load as well: ${formatPercent(light.lostShare)} of ${formatCount(light.rateHz)} requests/s were lost.`,
    )
  if (run.lostShare < LEAST_LOSS)
    return untold(
      `The group was not overloaded: it lost only ${formatPercent(run.lostShare)} of ${formatCount(run.rateHz)} requests/s.`,
    )
  const { compared } = run.placement
  const flows = compared + run.unanswered + run.unasked
  if (compared < LEAST_COMPARED * flows || compared === 0)
    return untold(
      `Only ${formatCount(compared)} of ${formatCount(flows)} flows were answered under both loads.`,
    )
  if (run.imbalance === undefined) return untold('It is not known what each member delivered.')
  if (breaks.length > 0)
    return fails(
      `Overload breaks the balance${breaks.join() === 'delivery' ? ', though not that of flows' : ''}: ${breaks.map((part) => WORDS[part](run)).join('; ')}.`,
    )
  if (deliversUnevenly(run))
    return untold('Members delivered unequally, and the run that was to confirm it was interrupted.')
  return holds(
    `Overload does not break the balance: each of ${formatCount(compared)} flows kept its member at ${formatPercent(run.lostShare, 0)} loss, and members deliver alike.`,
  )
}

/** What is broken, in words. */
const WORDS: Readonly<Record<Part, (run: OverloadRun) => string>> = {
  placement: ({ placement: { moved, compared } }) =>
    `${formatCount(moved)} of ${formatCount(compared)} flows went to another member`,
  spread: ({ placement: { overload } }) =>
    `flows spread unevenly, ${overload.flowsPerMember.map((flows) => formatCount(flows)).join(' : ')}`,
  delivery: ({ imbalance }) => {
    const cause = imbalance?.causes.find((c) => c.cause in CAUSES)
    if (cause === undefined) return 'members deliver unequally'
    const [one, many] = CAUSES[cause.cause] ?? ['', '']
    return cause.members.length === 1
      ? `member ${cause.members[0]} ${one}`
      : `members ${cause.members.join(', ')} ${many}`
  },
}

/** Why members deliver less, of one and of several. */
const CAUSES: Readonly<Record<string, readonly [string, string]>> = {
  'slow-member': [
    'delivers less, as it takes longer for a request',
    'deliver less, as they take longer for a request',
  ],
  scheduler: ['delivers less, as it waits for a CPU', 'deliver less, as they wait for a CPU'],
  unexplained: ['delivers less, nobody knows why', 'deliver less, nobody knows why'],
}
