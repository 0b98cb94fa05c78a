import { describe, expect, it } from 'vitest'
import { freshGroup, stepsOf } from '../../src/kernel/group-array.js'
import { predictSteps } from '../../src/analysis/prediction/prediction.js'

const four = freshGroup(4)
const adding = stepsOf(four, { kind: 'resize', to: 5 })

describe('what the model says of flows that can be seen', () => {
  it('is what it says of all where every member answers', () =>
    expect(predictSteps({ before: four, steps: adding }, 'hash')).toMatchObject({
      movedShare: 0.5,
      collateralShare: 0.5,
      darkShare: 0,
      minimumMovedShare: 0.2,
    }))

  it('puts the share of a stalled member in the dark', () => {
    const stall = predictSteps({ before: four, steps: [], silence: { before: [], after: [2] } }, 'hash')
    expect(stall).toMatchObject({ movedShare: 0, darkShare: 0.25 })
  })

  it('leaves out flows that come to a stalled member', () => {
    // 0 keeps [0, 0.2) of [0, 0.25) as slot 0 of five: those are dark, the 0.05 that move to 1 are seen.
    const { movedShare, collateralShare, darkShare, minimumMovedShare } = predictSteps(
      { before: four, steps: adding, silence: { before: [], after: [0] } },
      'hash',
    )
    expect(darkShare).toBeCloseTo(0.2, 12)
    expect(movedShare).toBeCloseTo(0.5 / 0.8, 12)
    expect(collateralShare).toBeCloseTo(0.5 / 0.8, 12)
    expect(minimumMovedShare, 'of all flows').toBe(0.2)
  })

  it('leaves out flows that a member had of which nothing was heard', () => {
    const { movedShare, darkShare } = predictSteps(
      { before: four, steps: adding, silence: { before: [0], after: [] } },
      'hash',
    )
    expect(darkShare).toBe(0)
    expect(movedShare).toBeCloseTo(0.45 / 0.75, 12)
  })

  it('is nothing where nobody answers', () =>
    expect(
      predictSteps({ before: freshGroup(1), steps: [], silence: { before: [], after: [0] } }, 'hash'),
    ).toMatchObject({
      movedShare: 0,
      staysShare: 0,
      darkShare: 1,
    }))
})
