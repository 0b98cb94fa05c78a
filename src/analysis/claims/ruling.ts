import type { Finding, RunResult } from '../../result/run-result.js'
import type { Ruling } from '../../result/verify-result.js'

/**
 * A claim fails where chance would bring that about once in 10,000 verifications, so that a CI job that relies on it
 * does not flake; skew has to be larger than EFFECT_BOUND_W besides.
 */
export const CLAIM_ALPHA = 1e-4

export const holds = (why: string): Ruling => ({ holds: true, verdict: 'holds', why })
export const fails = (why: string): Ruling => ({ holds: false, verdict: 'does not hold', why })
export const untold = (why: string): Ruling => ({ verdict: 'cannot tell', why })

/** What a run says of itself. */
export interface ClaimRun {
  port: number
  seed: number
  validity: RunResult['validity']['verdict']
  findings: Finding[]
}

export function claimRun({
  group,
  plan,
  validity,
}: Pick<RunResult, 'group' | 'plan'> & {
  validity: Pick<RunResult['validity'], 'verdict' | 'findings'>
}): ClaimRun {
  return {
    port: group.port,
    seed: plan.effective.seed,
    validity: validity.verdict,
    findings: validity.findings.filter(({ severity }) => severity !== 'note'),
  }
}

/** Why nothing can be told from these runs, where one of them is no valid measurement. */
export function invalidRun(runs: readonly ClaimRun[]): Ruling | undefined {
  const invalid = runs.find(({ validity }) => validity === 'invalid')
  if (invalid === undefined) return undefined
  const reason = invalid.findings.find(({ severity }) => severity === 'invalid')
  return untold(`The run on port ${invalid.port} is no valid measurement. ${reason?.message ?? ''}`.trimEnd())
}
