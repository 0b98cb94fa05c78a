import { describe, expect, it } from 'vitest'
import { type ChangeWindow, classifyMoves } from '../../src/analysis/churn/churn.js'
import { FlowHistory } from '../../src/analysis/churn/flow-history.js'
import { FlowTrace } from '../../src/client/flow-trace.js'
import { lifeCode } from '../../src/recording/flow-stays.js'
import type { Life } from '../../src/kernel/group-array.js'

/** Every flow has a turn each 100 ns; a change takes place from 1000 to 1010, the next one at 2000. */
const TURN = 100

/** [member, from, to, and how long it takes to answer, if that matters]: asked at every turn in between. */
type Visit = [
  member: number | [member: number, generation: number],
  from: number,
  to: number,
  answer?: number,
]

function historyOf(...flows: Visit[][]): FlowHistory {
  const trace = new FlowTrace(flows.length, 2.5 * TURN)
  flows.forEach((visits, flow) => {
    for (const [who, from, to, answer = 5] of visits) {
      const [member, generation] = typeof who === 'number' ? [who, 0] : who
      for (let at = from; at <= to; at += TURN)
        trace.note(flow, lifeCode(member, generation), at, at + answer)
    }
  })
  return new FlowHistory(flows.length, [{ firstFlow: 0, stays: trace.stays() }])
}

const fresh = (...members: number[]): Life[] => members.map((member) => ({ member, generation: 0 }))

const window = (changes: Partial<ChangeWindow> = {}): ChangeWindow => ({
  before: fresh(0, 1),
  after: fresh(0, 1),
  sinceNs: 0,
  previousNs: 0,
  beganNs: 1000,
  doneNs: 1010,
  untilNs: 2000,
  guardNs: TURN,
  ...changes,
})

describe('a flow at a change', () => {
  it('stays, moves beside, or is orphaned: by whether the very process that it had still lives', () => {
    const moves = classifyMoves(
      historyOf(
        [[0, 50, 1950]], // stays
        [
          [0, 60, 960],
          [1, 1060, 1960],
        ], // its member lives
        [
          [2, 70, 970],
          [1, 1070, 1970],
        ], // its member left
        [
          [2, 80, 980],
          [0, 1080, 1980],
        ],
      ),
      window({ before: fresh(0, 1, 2) }),
    )
    expect(moves).toMatchObject({
      flows: 4,
      known: 4,
      stayed: 1,
      moved: 3,
      collateral: 1,
      orphans: 2,
      dark: 0,
      returned: 0,
      strayed: 0,
      settledNs: 0,
      transitions: [
        [1, 1],
        [0, 0],
        [1, 1],
      ],
    })
  })

  it('is an orphan of a restarted member, even where it comes to its successor', () => {
    const moves = classifyMoves(
      historyOf([
        [[1, 0], 50, 950],
        [[1, 1], 1050, 1950],
      ]),
      window({ after: [...fresh(0), { member: 1, generation: 1 }] }),
    )
    expect(moves).toMatchObject({ moved: 1, orphans: 1, collateral: 0 })
    expect(moves.transitions).toEqual([
      [0, 0],
      [0, 1],
    ])
  })

  it('counts for nothing where it was never answered before', () =>
    expect(classifyMoves(historyOf([], [[0, 1050, 1950]]), window())).toMatchObject({
      flows: 0,
      known: 0,
      dark: 0,
      returned: 0,
    }))

  it('is where it was, though its last request before went elsewhere: the sender had stamped it and then stood still', () =>
    expect(
      classifyMoves(
        historyOf([
          [0, 90, 890],
          [1, 990, 1990], // stamped 10 ns before the change, sent after it
        ]),
        window(),
      ),
    ).toMatchObject({ stayed: 0, moved: 1, collateral: 1 }))

  it('is where it came to be, though its last request before the next change went elsewhere', () =>
    expect(
      classifyMoves(
        historyOf([
          [0, 90, 890],
          [1, 1090, 1890],
          [0, 1990, 2890],
        ]),
        window(),
      ),
    ).toMatchObject({ stayed: 0, moved: 1 }))
})

describe('the time until flows have settled', () => {
  it('is that of the last request to the old member', () =>
    expect(
      classifyMoves(
        historyOf([
          [0, 50, 1350],
          [1, 1450, 1950],
        ]),
        window({ doneNs: 1400 }),
      ).settledNs,
    ).toBe(350))

  it('is that of the last request to any member on the way', () =>
    expect(
      classifyMoves(
        historyOf([
          [0, 50, 950],
          [2, 1050, 1250],
          [1, 1350, 1950],
        ]),
        window({ doneNs: 1300, before: fresh(0, 1, 2), after: fresh(0, 1, 2) }),
      ),
    ).toMatchObject({ settledNs: 250, moved: 1, strayed: 0 }))

  it('counts flows that were elsewhere meanwhile, and names them', () =>
    expect(
      classifyMoves(
        historyOf(
          [
            [0, 50, 950],
            [1, 1050, 1150],
            [0, 1250, 1950],
          ],
          [[1, 60, 1960]],
        ),
        window({ doneNs: 1200 }),
      ),
    ).toMatchObject({ settledNs: 150, moved: 0, stayed: 2, strayed: 1 }))

  it('ends with the next change', () =>
    expect(
      classifyMoves(
        historyOf([
          [0, 50, 950],
          [1, 1050, 1950],
          [0, 2050, 2950],
          [1, 3050, 3950],
        ]),
        window(),
      ).settledNs,
    ).toBe(0))
})

describe('a flow that goes dark', () => {
  const stalled: Visit[] = [
    [1, 50, 950],
    [1, 2050, 2950],
  ]
  const served: Visit[] = [[0, 60, 2960]]

  it('is counted by the member it had, and among no others', () =>
    expect(classifyMoves(historyOf(stalled, served), window())).toMatchObject({
      known: 2,
      flows: 1,
      stayed: 1,
      moved: 0,
      dark: 1,
      darkFrom: [0, 1],
    }))

  it('stays dark though what it asked meanwhile is answered when the member goes on', () => {
    // Asked at 1050 … 1950, answered from 2055 on.
    const queued: Visit[] = [
      [1, 50, 950],
      [1, 1050, 1950, 1005],
      [1, 2050, 2950, 10],
    ]
    expect(classifyMoves(historyOf(queued, served), window())).toMatchObject({ dark: 1, darkFrom: [0, 1] })
  })

  it('is not dark for an answer that was on its way when the member stalled', () =>
    expect(classifyMoves(historyOf([[1, 50, 1000, 30]], served), window())).toMatchObject({ dark: 1 }))

  it('comes back, and has stayed where it was', () =>
    expect(
      classifyMoves(
        historyOf(stalled, served),
        window({ previousNs: 1010, beganNs: 2000, doneNs: 2010, untilNs: Infinity }),
      ),
    ).toMatchObject({ returned: 1, dark: 0, flows: 2, stayed: 2, moved: 0 }))

  it('is an orphan when its member is killed, for it was there when the group last changed', () =>
    expect(
      classifyMoves(
        historyOf(
          [
            [1, 50, 950],
            [0, 2050, 2950],
          ],
          served,
        ),
        window({ after: fresh(0), previousNs: 1010, beganNs: 2000, doneNs: 2010, untilNs: Infinity }),
      ),
    ).toMatchObject({ returned: 1, orphans: 1, collateral: 0, stayed: 1 }))

  it('is nowhere, once the group changed while it was dark', () => {
    // Stalled before 1000, the group changes at 1000 and at 2000, which brings the flow back elsewhere.
    const history = historyOf(
      [
        [1, 50, 450],
        [0, 2050, 2950],
      ],
      served,
    )
    const group = { before: fresh(0, 1, 2), after: fresh(0, 1, 2, 3) }
    expect(
      classifyMoves(
        history,
        window({ ...group, sinceNs: 1010, previousNs: 1010, beganNs: 2000, doneNs: 2010, untilNs: Infinity }),
      ),
    ).toMatchObject({ known: 2, flows: 1, returned: 1, moved: 0 })
    expect(classifyMoves(history, window({ ...group, sinceNs: 0, previousNs: 500 }))).toMatchObject({
      dark: 1,
      darkFrom: [0, 1, 0],
    })
  })
})
