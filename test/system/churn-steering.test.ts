import { describe, expect, it } from 'vitest'
import { binomialTwoSided } from '../../src/stats/binomial.js'
import { planChurn } from '../../src/api/plan-churn.js'
import { churnExperiment } from '../../src/experiment/churn.js'
import { prepareTraffic } from '../../src/experiment/traffic.js'
import type { ChangeResult } from '../../src/result/churn-result.js'
import { mayLoadEbpf } from '../../src/steering/bpf.js'

const FLOWS = 600
const needsEbpf = { skip: !mayLoadEbpf() }

/** Takes a group of four through changes under some steering, each flow having a turn in 30 ms. */
async function changesOf(flags: Parameters<typeof planChurn>[0], change: string[]): Promise<ChangeResult[]> {
  const planned = planChurn({
    procs: '4',
    flows: String(FLOWS),
    rate: '20k',
    warmup: '50ms',
    timeout: '2s',
    change,
    ...flags,
  })
  const result = await churnExperiment({
    ...planned,
    traffic: prepareTraffic(planned.plan),
    toolVersion: '0.0.0',
    signal: new AbortController().signal,
    onProgress: () => {},
  })
  expect(result.skipped).toEqual([])
  return result.changes
}

describe('a group under steering, when it changes', () => {
  it(
    'moves about 1/(n+1) of the flows to a newcomer, and only orphans on a removal, if consistent',
    needsEbpf,
    async () => {
      const [add, remove] = await changesOf({ steering: 'consistent' }, ['300ms:add', '900ms:remove:0'])
      expect(binomialTwoSided(add!.moved, add!.flows, 1 / 5)).toBeGreaterThan(1e-6)
      // Whoever moved went to the newcomer.
      const newcomer = add!.membersAfter.findIndex(({ member }) => member === 4)
      const elsewhere = add!.transitions.map((row, from) =>
        row.filter(
          (_, to) => to !== newcomer && add!.membersAfter[to]!.member !== add!.membersBefore[from]!.member,
        ),
      )
      expect(elsewhere.flat().every((count) => count === 0)).toBe(true)
      expect(remove).toMatchObject({ collateral: 0, moved: remove!.orphans })
    },
  )

  it('moves no flow whose member lives, if sticky', needsEbpf, async () => {
    const [add, remove] = await changesOf({ steering: 'sticky' }, ['300ms:add', '900ms:remove:0'])
    expect(add).toMatchObject({
      moved: 0,
      collateral: 0,
      predicted: { movedShare: 0 },
      verdict: 'as predicted',
    })
    expect(remove).toMatchObject({ collateral: 0, moved: remove!.orphans, verdict: 'as predicted' })
    // Predicted from the rule, whatever was measured.
    expect(remove!.predicted).toMatchObject({ from: 'rule', collateralShare: 0 })
    expect(remove!.predicted.orphanShare).toBeCloseTo(1 / 4, 2)
    expect(binomialTwoSided(remove!.orphans, remove!.flows, 1 / 4)).toBeGreaterThan(1e-6)
  })

  it('has every flow where its hash puts it, before and after each change', needsEbpf, async () => {
    const changes = await changesOf({ 'observe-hash': true }, [
      '300ms:add',
      '900ms:remove:1',
      '1500ms:restart:0',
    ])
    for (const { test, verdict, flows } of changes) {
      expect(test).toMatchObject({ method: 'flow-by-flow', checked: flows, agreed: flows })
      expect(verdict).toBe('as predicted')
    }
  })

  it('is refused where a flow has no member of its own', () => {
    expect(() => planChurn({ steering: 'round-robin' })).toThrow(/--steering round-robin/)
  })
})
