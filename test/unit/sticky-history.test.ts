import { describe, expect, it } from 'vitest'
import { predictSteps, type StepsPrediction } from '../../src/analysis/prediction/prediction.js'
import { TABLE_ENTRIES } from '../../src/kernel/rendezvous.js'
import { planChanges } from '../../src/plan/change-plan.js'
import { parseChange } from '../../src/plan/group-change.js'

const MEMBERS = 4

/** What the model says of each of these changes of a group of four, one after another. */
function predictions(...changes: string[]): StepsPrediction[] {
  const timed = changes.map((text, i) => parseChange(`${i}s:${text}`, { flag: '--change' }))
  const planned = planChanges(MEMBERS, timed, '--change')
  return planned.map(({ before, steps, silence }, i) =>
    predictSteps(
      {
        before,
        steps,
        silence,
        past: { start: planned[0]!.before, changes: planned.slice(0, i).map((earlier) => earlier.steps) },
      },
      'sticky',
    ),
  )
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}

/**
 * By enumeration: of all rank orders of the members, the share whose flow is with `leaver` when it leaves. A flow takes
 * the highest of those that are there when it comes, and again when its own leaves.
 */
function enumeratedOrphans(groups: readonly (readonly number[])[], leaver: number): number {
  const orders = permutations([...new Set(groups.flat())])
  const withLeaver = orders.filter((order) => {
    let home = -1
    for (const group of groups)
      if (!group.includes(home)) home = order.find((member) => group.includes(member))!
    return home === leaver
  })
  return withLeaver.length / orders.length
}

/** Five standard deviations of a share of the table's entries. */
const tolerance = (share: number): number => 5 * Math.sqrt((share * (1 - share)) / TABLE_ENTRIES)

describe('sticky steering after some changes', () => {
  it('moves nothing for a newcomer, and who leaves first had its own quarter', () => {
    const [add, remove] = predictions('add', 'remove:0')
    expect(add).toMatchObject({ movedShare: 0, collateralShare: 0, determined: true })
    expect(remove!.determined).toBe(true)
    expect(Math.abs(remove!.orphanShare - 1 / 4)).toBeLessThan(tolerance(1 / 4))
    expect(remove).toMatchObject({ collateralShare: 0, movedShare: remove!.orphanShare })
  })

  it.each([
    [1, 0.3],
    [4, 0.1],
  ])('knows what member %i got of the orphans when it leaves in turn', (leaver, share) => {
    const all = [0, 1, 2, 3]
    const exact = enumeratedOrphans([all, [...all, 4], [1, 2, 3, 4]], leaver)
    // A newcomer that flows stayed away from ranks first twice as often as another: 2 / (n + 1) of the orphans.
    expect(exact).toBeCloseTo(share, 12)
    const last = predictions('add', 'remove:0', `remove:${leaver}`).at(-1)!
    expect(last.determined).toBe(true)
    expect(Math.abs(last.orphanShare - exact)).toBeLessThan(tolerance(exact))
  })

  it('follows longer histories as the enumeration of all rank orders does', () => {
    const groups = [
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
      [0, 1, 3, 4],
      [0, 1, 3, 4, 5],
      [1, 3, 4, 5],
    ]
    const exact = enumeratedOrphans(groups, 4)
    const last = predictions('add', 'remove:2', 'add', 'remove:0', 'remove:4').at(-1)!
    expect(Math.abs(last.orphanShare - exact)).toBeLessThan(tolerance(exact))
  })

  it('gives the flows of a member to its successor where that starts first', () => {
    const [, remove] = predictions('restart:1:start-then-stop', 'remove:1')
    expect(remove!.determined).toBe(true)
    expect(Math.abs(remove!.orphanShare - 1 / 4)).toBeLessThan(tolerance(1 / 4))
  })

  it('says where it depends on who sent while a member was away', () => {
    const [restart, other, own] = predictions('restart:1', 'remove:0', 'remove:1')
    expect(restart!.determined, 'all flows of the member move, wherever to').toBe(true)
    expect(other!.determined).toBe(false)
    expect(own!.determined).toBe(false)
    expect(predictions('restart:1', 'add', 'replace').map(({ determined }) => determined)).toEqual([
      true,
      true,
      true,
    ])
  })

  it('tells the dark share of a stalled member', () => {
    const [stall] = predictions('stall:2')
    expect(Math.abs(stall!.darkShare - 1 / 4)).toBeLessThan(tolerance(1 / 4))
    expect(stall!.movedShare).toBe(0)
  })
})
