import { plural } from '../../units/plural.js'
import type { AffinityEvidence } from '../../result/claim-evidence.js'
import type { RunResult } from '../../result/run-result.js'
import type { ClaimOf, Ruling } from '../../result/verify-result.js'
import { formatCount } from '../../units/format.js'
import { fails, holds, invalidRun, claimRun, untold } from './ruling.js'

type AffinityRun = AffinityEvidence['runs'][number]

/** Flows that are named where many moved: who looks into it needs some, not all. */
const NAMED = 20

/** A run, as far as the claim is concerned. */
export function affinityRun(
  result: Pick<RunResult, 'group' | 'plan' | 'validity' | 'affinity' | 'books'>,
  load: AffinityRun['load'],
): AffinityRun {
  const { affinity, books } = result
  return {
    ...claimRun(result),
    load,
    flows: affinity.flows,
    replies: books.replied + books.late,
    // Of groups of ours alone, which tell.
    moved: affinity.moved ?? 0,
    unanswered: affinity.unanswered,
    unasked: affinity.unasked,
  }
}

/**
 * Whether a flow always reaches the same socket, while the group does not change.
 * @param violations flows of these runs that were seen at more than one member, as far as they are named
 * @param planned how many runs there should be
 */
export function judgeAffinity(
  runs: readonly AffinityRun[],
  violations: AffinityEvidence['violations'],
  planned: number,
): ClaimOf<'affinity'> {
  const total = (
    of: readonly AffinityRun[],
    key: 'flows' | 'replies' | 'moved' | 'unanswered' | 'unasked',
  ): number => of.reduce((sum, run) => sum + run[key], 0)
  // An overloaded run has the flows of the lightly loaded one again.
  const distinct = runs.filter(({ load }) => load !== 'overload')
  const evidence: AffinityEvidence = {
    runs: [...runs],
    flows: total(distinct, 'flows'),
    replies: total(runs, 'replies'),
    moved: total(runs, 'moved'),
    unanswered: total(distinct, 'unanswered'),
    unasked: total(distinct, 'unasked'),
    violations: violations.slice(0, NAMED),
  }
  return { id: 'affinity', ...ruleOn(evidence, planned), evidence }
}

function ruleOn({ runs, flows, moved, unanswered, unasked }: AffinityEvidence, planned: number): Ruling {
  const strayed = runs.reduce((sum, run) => (run.validity === 'invalid' ? sum : sum + run.moved), 0)
  if (strayed > 0)
    return fails(
      `A flow does not always reach the same socket: ${formatCount(strayed)} of ${formatCount(flows)} were seen at more than one member.`,
    )
  const invalid = invalidRun(runs)
  if (invalid) return invalid
  const seen = flows - unanswered - unasked
  if (seen === 0) return untold('No flow got a reply, so nobody knows which socket it reached.')
  if (runs.length < planned)
    return untold(
      `Interrupted after ${runs.length} of ${planned} runs; until then ${moved === 0 ? 'no flow' : formatCount(moved)} was seen at a second member.`,
    )
  return holds(
    `One flow always reaches the same socket: none of ${plural(seen, 'flow', 'flows')} was seen at a second member.`,
  )
}
