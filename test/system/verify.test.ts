import { expect, it } from 'vitest'
import { hostFacts } from '../../src/api/host-facts.js'
import { verifyClaims } from '../../src/experiment/verify.js'
import { completeVerifyPlan } from '../../src/plan/verify-plan.js'
import type { Progress } from '../../src/experiment/progress.js'
import { claimsResult, type Claim, type ClaimOf } from '../../src/result/verify-result.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'

const plan = completeVerifyPlan({ procs: 3, flows: 1500 }, hostFacts(), mayLoadEbpf())

it('puts the four claims to the test with what this machine does', async () => {
  const of = new Set<string>()
  const result = await verifyClaims({
    plan: { ...plan, repetitions: 4 },
    supplied: {},
    toolVersion: '0.0.0',
    signal: new AbortController().signal,
    onProgress: (progress: Progress) => of.add(progress.of ?? ''),
  })
  expect(claimsResult.parse(result)).toEqual(result)
  expect(result.claims.map(({ id }) => id)).toEqual(['affinity', 'balance', 'churn', 'overload'])
  const claim = <Id extends Claim['id']>(id: Id): ClaimOf<Id> =>
    result.claims.find((c): c is ClaimOf<Id> => c.id === id)!

  const { runs = [], ...total } = claim('affinity').evidence ?? {}
  expect(runs.map(({ load }) => load).slice(0, 6)).toEqual([
    ...Array.from({ length: 4 }, () => 'closed loop'),
    'light',
    'overload',
  ])
  expect(total).toMatchObject({ flows: 5 * 1500, moved: 0, violations: [] })
  expect(new Set(runs.slice(0, 4).map(({ port }) => port)).size, 'fresh ports').toBe(4)
  expect(runs[5]!.port, 'the same flows again').toBe(runs[4]!.port)

  const { repetitions = [], pooled } = claim('balance').evidence ?? {}
  expect(repetitions.map(({ flows }) => flows)).toEqual([1500, 1500, 1500, 1500])
  expect(pooled).toMatchObject({ flows: 6000, degreesOfFreedom: 8 })
  expect(pooled!.pValue).toBeGreaterThan(1e-9)

  const { changes = [] } = claim('churn').evidence ?? {}
  expect(changes.map(({ change }) => change)).toEqual(['add', 'remove 0', 'restart 1 (stop-then-start)'])
  for (const { test } of changes) expect(test.method).toBe(plan.observeHash ? 'flow-by-flow' : 'shares')

  const { light, overloads = [], breaks } = claim('overload').evidence ?? {}
  expect(light).toMatchObject({ moved: 0, unanswered: 0, unasked: 0 })
  for (const { lostShare, placement, rateHz } of overloads) {
    expect(rateHz).toBe(4 * light!.rateHz)
    expect(lostShare).toBeGreaterThan(0.3)
    expect(placement).toMatchObject({ moved: 0, examples: [] })
    expect(placement.compared).toBeGreaterThan(1000)
  }
  expect(breaks).not.toContain('placement')
  expect(breaks).not.toContain('spread')

  for (const which of ['run 4 of 4 · affinity and balance', 'churn', 'overload · at twice the capacity'])
    expect(of).toContain(which)
})
