import { describe, expect, it } from 'vitest'
import { RpbenchError } from '../../src/errors.js'
import type { KindName } from '../../src/plan/parameters/kind.js'
import type { Row } from '../../src/plan/parameters/row.js'
import { RUN_PARAMETERS } from '../../src/plan/parameters/run.js'
import type { RunPlan, RunRequest } from '../../src/plan/run-plan.js'
import { churnPlan, completeVerifyPlan, drawOf, overloadPlan } from '../../src/plan/verify-plan.js'
import { plannedRun, plannedVerification } from '../../src/result/plan-schema.js'
import { uniforms } from '../../src/stats/random.js'
import { planOf, SAMPLE_FACTS } from './sample-facts.js'

/** What is left of a plan that was written to a file and read again. */
const readAgain = (effective: unknown): unknown =>
  plannedRun.parse(JSON.parse(JSON.stringify({ supplied: {}, effective }))).effective

/** A value of each kind, somewhere within its bounds. */
function valueOf({ kind, min = 0, max = 2 ** 31 }: Row, uniform: () => number): unknown {
  const between = (least: number, most: number): number => least + Math.floor(uniform() * (most - least + 1))
  // Small ones too, whatever the bounds: most of a wide range is large.
  const number = uniform() < 0.5 ? between(min, Math.min(max, min + 10)) : between(min, max)
  const values: Partial<Record<KindName, () => unknown>> = {
    rate: () => min + uniform() * (max - min),
    choice: () => kind.choices![between(0, kind.choices!.length - 1)],
    switch: () => uniform() < 0.5,
    address: () => ['127.0.0.9', '0.0.0.0', '::1', 'fd00::9'][between(0, 3)],
    addresses: () =>
      [['127.0.0.1'], ['127.0.0.1', '10.0.0.1'], ['::1'], ['fd00::1', 'fd00::2']][between(0, 3)],
    endpoint: () => ({ address: ['127.0.0.1', '::1'][between(0, 1)], port: between(1, 65_535) }),
    ports: () => [between(1, 20_000), between(20_000, 65_535)],
    cpus: () => [between(0, 7), between(0, 7)],
    'slow-member': () => ({ index: between(0, 3), serviceTimeNs: between(0, 1e9) }),
    text: () => ['uniform', 'zipf:1.1', '../weights.txt'][between(0, 2)],
  }
  return values[kind.name]?.() ?? number
}

/** A request for some of the parameters. */
function requestOf(uniform: () => number): RunRequest {
  const share = uniform() * 0.5
  const entries = Object.entries(RUN_PARAMETERS)
    .filter(() => uniform() < share)
    .map(([key, row]: [string, Row]) => [key, valueOf(row, uniform)])
  const request = Object.fromEntries(entries) as RunRequest
  // Only HTTP has a path, and only DNS questions.
  const { path: _, ...others } = request
  const target = { address: '::1', port: 80 }
  const [http, dns] = [uniform() < 0.02, uniform() < 0.02]
  if (http) return { target, protocol: 'http', path: '/a' }
  return dns ? { target, protocol: 'dns', queries: 'uniform' } : others
}

describe('the schema of a plan', () => {
  it('takes every plan that is made of a request, and loses nothing of it', () => {
    const uniform = uniforms(2026)
    const plans: RunPlan[] = []
    let refused = 0
    const given = new Set<string>()
    for (let i = 0; i < 4000; i++) {
      const request = requestOf(uniform)
      try {
        plans.push(planOf(request))
        for (const key of Object.keys(request)) given.add(key)
      } catch (error) {
        if (!(error instanceof RpbenchError)) throw error
        refused++
      }
    }
    for (const plan of plans) expect(readAgain(plan)).toEqual(plan)
    expect(plans.length).toBeGreaterThan(1000)
    expect(refused).toBeGreaterThan(100)
    expect([...given].toSorted(), 'each parameter in some of them').toEqual(
      Object.keys(RUN_PARAMETERS).toSorted(),
    )
  })

  it('takes the plans of a verification, whatever its size', () => {
    for (const procs of [2, 3, 7, 64])
      for (const flows of [320, 9999, 20_000]) {
        const verify = completeVerifyPlan({ procs, flows }, SAMPLE_FACTS, true)
        const { facts: _host, ...effective } = verify
        expect(plannedVerification.parse({ supplied: {}, effective }).effective).toEqual(effective)
        const runs = [
          drawOf(verify, 3).plan,
          churnPlan(verify).plan,
          overloadPlan(verify, 'light', 0),
          overloadPlan(verify, 'overload', 40_001),
        ]
        for (const run of runs) expect(readAgain(run)).toEqual(run)
      }
  })

  it.each<[string, Record<string, unknown>]>([
    ['steering', { steering: 'astrology' }],
    ['procs', { procs: '4' }],
    ['durationNs', { durationNs: 1.5 }],
    ['sourcePorts', { sourcePorts: [1] }],
    ['slowMember', { slowMember: { index: 1 } }],
    ['timeoutNs', { timeoutNs: undefined }],
  ])('refuses a plan with another %s, naming it', (key, change) => {
    const { error } = plannedRun.safeParse({ supplied: {}, effective: { ...planOf(), ...change } })
    expect(error?.issues[0]?.path.slice(0, 2)).toEqual(['effective', key])
  })
})
