import { describe, expect, it } from 'vitest'
import { judgeChurn } from '../../src/analysis/claims/churn-claim.js'
import { analyseBalance } from '../../src/analysis/balance/balance.js'
import { EXIT_STATUS } from '../../src/cli/exit-status.js'
import type { Affinity } from '../../src/result/run-result.js'
import { claimsResult } from '../../src/result/verify-result.js'
import { sampleChange, sampleChurn, sampleRemoval } from './sample-churn.js'
import {
  claimOfDraws,
  claimOfLoads,
  claimOfRuns,
  elsewhere,
  fairDraws,
  INVALID,
  sampleClaims,
  sampleDraw,
  sampleFlows,
  sampleImbalance,
  sampleLight,
  sampleOverload,
  SLOW,
} from './sample-claims.js'
import { sampleResult } from './sample-result.js'

const UNTOLD = { verdict: 'cannot tell', why: expect.any(String) as string }
const untold = (why: RegExp) => ({ ...UNTOLD, why: expect.stringMatching(why) as string })
const failed = (why: RegExp) => ({
  holds: false,
  verdict: 'does not hold',
  why: expect.stringMatching(why) as string,
})

describe('one flow always reaches the same socket', () => {
  const strayed: Affinity = {
    flows: 10_000,
    moved: 1,
    unanswered: 0,
    unasked: 0,
    violations: [
      {
        flow: 7,
        protocol: 'udp',
        sourceAddress: '127.0.0.1',
        sourcePort: 40_007,
        destinationAddress: '127.0.0.1',
        destinationPort: 41_873,
        members: [1, 3],
      },
    ],
  }

  it('holds when no flow of any run was seen at a second member', () =>
    expect(claimOfRuns(fairDraws())).toMatchObject({
      holds: true,
      verdict: 'holds',
      evidence: { flows: 80_000, replies: 6_000_000, moved: 0, unanswered: 0, unasked: 0 },
    }))

  it('fails with a single flow that was, and names it', () => {
    const claim = claimOfRuns([...fairDraws().slice(1), sampleResult({ affinity: strayed })])
    expect(claim).toMatchObject(failed(/1 of 80,000 /))
    expect(claim.evidence?.violations).toEqual(strayed.violations)
  })

  it('fails under a steering that keeps no flow together', () =>
    expect(
      claimOfRuns([sampleResult({ affinity: { ...strayed, expected: false, violations: [] } })], 1),
    ).toMatchObject(failed(/1 of 10,000/)))

  it('cannot be told from a run that is not valid, whose flows had to move', () =>
    expect(
      claimOfRuns([...fairDraws().slice(1), sampleResult({ affinity: strayed, ...INVALID })]),
    ).toMatchObject(untold(/Member 2 was killed/)))

  it('cannot be told where nothing was answered', () =>
    expect(
      claimOfRuns(
        [
          sampleResult({
            affinity: { ...strayed, moved: 0, unanswered: 10_000, unasked: 0, violations: [] },
          }),
        ],
        1,
      ),
    ).toMatchObject(untold(/No flow got a reply/)))

  it('cannot be told from fewer runs than there should be', () => {
    const claim = claimOfRuns(fairDraws().slice(0, 3))
    expect(claim).toMatchObject(untold(/after 3 of 8 runs/))
    expect(claim).not.toHaveProperty('holds')
  })
})

describe('different flows spread evenly', () => {
  const skewed = sampleDraw([3200, 2300, 2300, 2200])

  it('holds for fair draws', () => {
    const claim = claimOfDraws(fairDraws())
    expect(claim).toMatchObject({
      holds: true,
      evidence: { pooled: { flows: 80_000, degreesOfFreedom: 24 } },
    })
    expect(claim.evidence?.uniformity.pValue).toBeGreaterThan(0.01)
  })

  it('fails with one draw that is clearly skewed', () =>
    expect(claimOfDraws([...fairDraws().slice(1), skewed])).toMatchObject(failed(/1 of 8 draws/)))

  it('fails when all draws together are skewed beyond the bound, and none by itself', () => {
    // 200 flows over four: p about 0.002 each and w about 0.24.
    const claim = claimOfDraws(Array.from({ length: 8 }, () => sampleDraw([68, 44, 46, 42])))
    expect(claim.evidence?.repetitions.every(({ adjustedPValue }) => adjustedPValue > 1e-4)).toBe(true)
    expect(claim).toMatchObject(failed(/all draws together/))
  })

  it('holds with a skew that is significant and does not matter, but does not call it even', () => {
    const claim = claimOfDraws(Array.from({ length: 8 }, () => sampleDraw([2600, 2500, 2500, 2400])))
    expect(claim.evidence?.pooled.pValue).toBeLessThan(1e-4)
    expect(claim).toMatchObject({ holds: true, why: expect.stringMatching(/unevenly, but below/) as string })
  })

  it('cannot be told where it is not known where the flows of a draw were put', () => {
    const placement = { basis: 'answered', unansweredShare: 0.4, known: false } as const
    const { balance } = analyseBalance([256, 256, 256, 256], { seed: 1, placement })
    expect(
      claimOfDraws([...fairDraws().slice(1), sampleDraw([256, 256, 256, 256], { balance })]),
    ).toMatchObject(untold(/40\.0 % of the flows never got a reply/))
  })

  it('holds with p-values that are all alike, which is evidence and no verdict', () => {
    const claim = claimOfDraws(Array.from({ length: 8 }, () => sampleDraw([2500, 2501, 2499, 2500])))
    expect(claim.evidence?.uniformity.pValue).toBeLessThan(1e-4)
    expect(claim).toMatchObject({ holds: true })
  })

  it('cannot be told from so few flows that they would not show a skew', () =>
    expect(claimOfDraws(Array.from({ length: 8 }, () => sampleDraw([26, 24, 25, 25])))).toMatchObject(
      untold(/more --flows/),
    ))

  it('cannot be told from a run that is not valid, however skewed', () =>
    expect(claimOfDraws([...fairDraws().slice(1), { ...skewed, ...INVALID }])).toMatchObject(
      untold(/Member 2 was killed/),
    ))

  it('cannot be told from fewer draws than there should be, or none', () => {
    expect(claimOfDraws(fairDraws().slice(0, 3))).toMatchObject(untold(/after 3 of 8 draws/))
    expect(claimOfDraws([])).toEqual({ id: 'balance', ...UNTOLD })
  })
})

const churn = (changes: Parameters<typeof sampleChurn>[0]) => judgeChurn(sampleChurn(changes))

describe('changing the number of sockets moves flows as predicted', () => {
  it('holds when every change came out so, and says what it means', () => {
    const claim = churn({ changes: [sampleChange(), sampleRemoval()] })
    expect(claim).toMatchObject({
      holds: true,
      why: expect.stringContaining('half of all flows move') as string,
    })
    expect(claim.evidence?.changes).toMatchObject([{ change: 'add', moved: 982 }, { change: 'remove 0' }])
  })

  it('says how many move where it is not half, and that none do', () => {
    const few = sampleChange({ moved: 400, movedShare: 0.2 })
    expect(churn({ changes: [few] }).why).toContain('20.0 % of all flows move')
    expect(churn({ changes: [sampleChange({ moved: 0, movedShare: 0 })] }).why).toContain('no flow moves')
  })

  it('fails with a change that came out otherwise', () => {
    const other = sampleRemoval({ verdict: 'differs', movedShare: 0.51 })
    expect(churn({ changes: [sampleChange(), other] })).toMatchObject(
      failed(/"remove 0" moved 51\.0 %, the model says 70\.0 %/),
    )
  })

  it('fails when shares agree and flows do not', () => {
    const other = sampleChange({
      verdict: 'differs',
      test: { method: 'flow-by-flow', agreed: 1990, checked: 2000 },
    })
    expect(churn({ changes: [other] })).toMatchObject(failed(/10 of 2000 flows are elsewhere/))
  })

  it('cannot be told where changes were not seen, or the run was interrupted or is not valid', () => {
    const changes = [sampleChange({ verdict: 'differs' })]
    expect(churn({ changes: [sampleChange({ verdict: 'unseen' })] })).toMatchObject(untold(/not seen: add/))
    expect(churn({ changes: [sampleChange()], skipped: ['restart 1'] })).toMatchObject(untold(/restart 1/))
    expect(churn({ changes: [], skipped: ['add'], stopped: 'interrupted' })).toMatchObject(
      untold(/Interrupted.*add/),
    )
    expect(churn({ changes, ...INVALID })).toMatchObject(untold(/Member 2 was killed/))
  })
})

describe('overload does not break the balance', () => {
  it('holds when flows stay, spread as before and members deliver alike', () =>
    expect(claimOfLoads(sampleLight(), [sampleOverload()])).toMatchObject({
      holds: true,
      evidence: { breaks: [], overloads: [{ lostShare: 0.6, placement: { compared: 10_000, moved: 0 } }] },
    }))

  it('fails when flows went elsewhere, and names them', () => {
    const claim = claimOfLoads(sampleLight(), [sampleOverload()], { overload: elsewhere(3) })
    expect(claim).toMatchObject({ ...failed(/3 of 10,000 flows/), evidence: { breaks: ['placement'] } })
    expect(claim.evidence?.overloads[0]?.placement.examples[0]).toEqual({
      sourceAddress: '127.0.0.1',
      sourcePort: 32_768,
      members: [0, 1],
    })
  })

  it('fails when flows spread otherwise than before', () => {
    const crowded = sampleFlows((flow) => (flow < 3000 ? 0 : flow % 4))
    expect(claimOfLoads(sampleLight(), [sampleOverload()], { overload: crowded })).toMatchObject({
      ...failed(/spread unevenly, 4,750 : 1,750 : 1,750 : 1,750/),
      evidence: { breaks: ['placement', 'spread'] },
    })
    expect(
      claimOfLoads(sampleLight(), [sampleOverload()], { light: crowded, overload: crowded }),
      'where they did so before',
    ).toMatchObject({ holds: true })
  })

  it('holds when flows of one member went unanswered more often: they are where they were', () => {
    const fewSeen = sampleFlows((flow) => (flow % 8 === 2 ? -1 : flow % 4))
    const claim = claimOfLoads(sampleLight(), [sampleOverload()], { overload: fewSeen })
    expect(claim).toMatchObject({ holds: true, evidence: { breaks: [] } })
    expect(claim.evidence?.overloads[0]?.placement).toMatchObject({
      compared: 8750,
      light: { flowsPerMember: [2500, 2500, 1250, 2500] },
      overload: { flowsPerMember: [2500, 2500, 1250, 2500] },
    })
  })

  it('fails when members deliver unequally twice, and says whose fault it is', () => {
    const slow = sampleOverload({ imbalance: SLOW })
    expect(claimOfLoads(sampleLight(), [slow, slow])).toMatchObject({
      ...failed(/though not that of flows: member 2 delivers less, as it takes longer for a request\./),
      evidence: { breaks: ['delivery'] },
    })
  })

  it('says so of several members, and where nobody knows why', () => {
    const uneven = sampleOverload({
      imbalance: sampleImbalance(
        [1.3, 0.7, 0.7, 1.3],
        [{ cause: 'unexplained', members: [1, 2], size: 0.3 }],
      ),
    })
    expect(claimOfLoads(sampleLight(), [uneven, uneven]).why).toMatch(
      /members 1, 2 deliver less, nobody knows why\.$/,
    )
  })

  it('holds when they did so once and not again', () =>
    expect(
      claimOfLoads(sampleLight(), [sampleOverload({ imbalance: SLOW }), sampleOverload()]),
    ).toMatchObject({ holds: true }))

  it('cannot be told when they did so once and were not seen again', () =>
    expect(claimOfLoads(sampleLight(), [sampleOverload({ imbalance: SLOW })])).toMatchObject(
      untold(/interrupted/),
    ))

  it('cannot be told without an overload, or with one where there should be none', () => {
    const { books } = sampleResult()
    expect(claimOfLoads(sampleLight(), [])).toMatchObject(untold(/Interrupted/))
    expect(claimOfLoads(sampleLight(), [sampleOverload({ books })])).toMatchObject(
      untold(/was not overloaded/),
    )
    expect(
      claimOfLoads(sampleLight({ books: { ...books, lost: books.sent / 2 } }), [sampleOverload()]),
    ).toMatchObject(untold(/light load as well/))
  })

  it('cannot be told from runs that are not valid, or without what members delivered', () => {
    expect(claimOfLoads(sampleLight(), [sampleOverload(INVALID)], { overload: elsewhere(3) })).toMatchObject(
      untold(/killed/),
    )
    const { imbalance: _unknown, ...blind } = sampleOverload()
    expect(claimOfLoads(sampleLight(), [blind])).toMatchObject(untold(/not known/))
  })

  it('cannot be told where most flows were never answered', () => {
    const unanswered = sampleOverload({
      affinity: { flows: 25_000, moved: 0, unanswered: 15_000, unasked: 0, violations: [] },
      imbalance: sampleImbalance(),
    })
    expect(claimOfLoads(sampleLight(), [unanswered])).toMatchObject(untold(/10,000 of 25,000/))
  })
})

describe('the claims together', () => {
  it('follow their schema', () => {
    const written: unknown = JSON.parse(JSON.stringify(sampleClaims()))
    expect(claimsResult.parse(written)).toEqual(written)
  })

  it.each([
    ['all hold', [true, true], undefined, 0],
    ['one does not hold', [true, false], undefined, 99],
    ['one cannot be told', [true, undefined], undefined, 3],
    ['one does not hold and another cannot be told', [false, undefined], undefined, 99],
    ['it was interrupted', [true, false], 'interrupted' as const, 130],
  ])('when %s, the exit status says so', (_name, rulings, stopped, status) => {
    const [claim] = sampleClaims().claims
    const claims = rulings.map((holds) => ({ ...claim!, holds }))
    expect(EXIT_STATUS.verify({ ...sampleClaims(claims), stopped })).toBe(status)
  })
})
