import type { ChurnEvidence } from '../../result/claim-evidence.js'
import type { ChurnResult } from '../../result/churn-result.js'
import type { ClaimOf, Ruling } from '../../result/verify-result.js'
import { formatPercent } from '../../units/format.js'
import { fails, holds, invalidRun, claimRun, untold } from './ruling.js'

/** Shares this close to a half are called one. */
const NEARLY = 0.03

function changeEvidence({
  change,
  flows,
  stayed,
  moved,
  orphans,
  collateral,
  movedShare,
  lost,
  late,
  settledNs,
  predicted,
  minimum,
  test,
  verdict,
}: ChurnResult['changes'][number]): ChurnEvidence['changes'][number] {
  return {
    change,
    flows,
    stayed,
    moved,
    orphans,
    collateral,
    movedShare,
    lost,
    late,
    settledNs,
    predicted,
    minimum,
    test,
    verdict,
  }
}

/** Whether changing the number of sockets moves flows, and as many as the model of the kernel's rule says. */
export function judgeChurn(
  result: Pick<ChurnResult, 'group' | 'plan' | 'validity' | 'changes' | 'skipped' | 'stopped'>,
): ClaimOf<'churn'> {
  const evidence: ChurnEvidence = {
    run: { ...claimRun(result), rateHz: result.plan.effective.rateHz ?? 0 },
    changes: result.changes.map(changeEvidence),
    skipped: [...result.skipped],
  }
  return { id: 'churn', ...ruleOn(evidence, result.stopped === 'interrupted'), evidence }
}

function ruleOn({ run, changes, skipped }: ChurnEvidence, interrupted: boolean): Ruling {
  const invalid = invalidRun([run])
  if (invalid) return invalid
  const other = changes.find(({ verdict }) => verdict === 'differs')
  if (other)
    return fails(
      `Changing the number of sockets does not move the flows that it should: "${other.change}" moved ${formatPercent(other.movedShare)}, the model says ${formatPercent(other.predicted.movedShare)}${byFlow(other)}.`,
    )
  if (interrupted) return untold(`Interrupted before these changes were seen: ${skipped.join(', ')}.`)
  const unseen = [...skipped, ...changes.filter((c) => c.verdict === 'unseen').map((c) => c.change)]
  if (unseen.length > 0 || changes.length === 0)
    return untold(`These changes were not seen: ${unseen.join(', ')}.`)
  return holds(`Changing the number of sockets moves flows, as predicted: ${inWords(changes)}.`)
}

/** Where shares agree and flows do not, what matters is how many of them. */
function byFlow({ test: { agreed = 0, checked } }: ChurnEvidence['changes'][number]): string {
  return checked === undefined ? '' : `, and ${checked - agreed} of ${checked} flows are elsewhere`
}

/** What it means, from the change that people make most: one more member. */
function inWords(changes: ChurnEvidence['changes']): string {
  const { movedShare, change } = changes.find((c) => c.change === 'add') ?? changes[0]!
  const share =
    movedShare === 0
      ? 'no flow moves'
      : Math.abs(movedShare - 0.5) < NEARLY
        ? 'half of all flows move'
        : `${formatPercent(movedShare)} of all flows move`
  return `${share} when a member ${change === 'add' ? 'is added' : `changes (${change})`}`
}
