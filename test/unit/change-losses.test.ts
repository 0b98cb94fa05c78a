import { describe, expect, it } from 'vitest'
import { causesOfLosses, type LossStretch } from '../../src/analysis/churn/change-losses.js'

const NOTHING = { droppedAtMembers: 0, noSocket: 0, closedWithSocket: 0, leftAtMembers: 0, otherwise: 0 }
const stretch = (counts: Partial<LossStretch>): LossStretch => ({
  lost: 0,
  dropped: 0,
  noPorts: 0,
  closing: false,
  ...counts,
})
const causes = (
  stretches: Partial<LossStretch>[],
  budget: Partial<Parameters<typeof causesOfLosses>[1]> = {},
) => causesOfLosses(stretches.map(stretch), { closedWithSocket: 0, leftAtMembers: 0, ...budget })

describe('what is lost at a change', () => {
  it('met no socket where nobody was bound, and others’ datagrams are not ours', () =>
    expect(causes([{}, { lost: 3586, noPorts: 4000, closing: true }], { closedWithSocket: 10 })).toEqual([
      NOTHING,
      { ...NOTHING, noSocket: 3586 },
    ]))

  it('is what a stalled member’s full queue dropped, and what was in it when the member was killed later', () =>
    expect(
      causes(
        [
          { closing: true },
          { lost: 1200, dropped: 944, closing: true },
          { lost: 84, dropped: 84, closing: true },
        ],
        { closedWithSocket: 256 },
      ),
    ).toEqual([
      NOTHING,
      { ...NOTHING, droppedAtMembers: 944, closedWithSocket: 256 },
      { ...NOTHING, droppedAtMembers: 84 },
    ]))

  it('was left in the queue of one that stands still to the end', () =>
    expect(
      causes([{}, { lost: 300, dropped: 44 }, { lost: 70, dropped: 70 }], { leftAtMembers: 256 }),
    ).toEqual([
      NOTHING,
      { ...NOTHING, droppedAtMembers: 44, leftAtMembers: 256 },
      { ...NOTHING, droppedAtMembers: 70 },
    ]))

  it('is in no count where no socket closed at it or later', () => {
    const budget = { closedWithSocket: 5 }
    expect(causes([{ lost: 5, closing: true }, { lost: 7 }], budget)).toEqual([
      { ...NOTHING, closedWithSocket: 5 },
      { ...NOTHING, otherwise: 7 },
    ])
    expect(causes([{}, { lost: 7, closing: true }], budget)[1]).toEqual({
      ...NOTHING,
      closedWithSocket: 5,
      otherwise: 2,
    })
  })

  it('is the neighbour’s where it was counted on the other side of the boundary', () => {
    expect(
      causes([
        { lost: 10, dropped: 13 },
        { lost: 20, dropped: 17 },
      ]),
    ).toEqual([
      { ...NOTHING, droppedAtMembers: 10 },
      { ...NOTHING, droppedAtMembers: 20 },
    ])
    expect(
      causes([
        { lost: 10, dropped: 8 },
        { lost: 20, dropped: 22 },
      ]),
    ).toEqual([
      { ...NOTHING, droppedAtMembers: 10 },
      { ...NOTHING, droppedAtMembers: 20 },
    ])
  })

  it('is never more than was lost, and adds up to it', () => {
    const all = causes(
      [{ lost: 4, dropped: 9, noPorts: 5 }, { lost: 3, dropped: 0, closing: true }, { lost: 8 }],
      {
        closedWithSocket: 2,
        leftAtMembers: 1,
      },
    )
    expect(all.map((counts) => Object.values(counts).reduce((sum, n) => sum + n, 0))).toEqual([4, 3, 8])
    expect(all.flatMap((counts) => Object.values(counts)).every((n) => n >= 0)).toBe(true)
  })
})
