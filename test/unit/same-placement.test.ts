import { expect, it } from 'vitest'
import { comparePlacements } from '../../src/analysis/affinity/same-placement.js'

const flow = (sourcePort: number, member: number, moved = false) => ({
  sourceAddress: '127.0.0.1',
  sourcePort,
  member,
  moved,
})

it('flows are compared by address and port, whatever their order', () =>
  expect(comparePlacements([flow(1, 0), flow(2, 1)], [flow(2, 1), flow(1, 0)], 2)).toEqual({
    compared: 2,
    moved: [],
    flowsPerMember: { first: [1, 1], second: [1, 1] },
  }))

it('a flow at another member is named with both', () =>
  expect(comparePlacements([flow(1, 0), flow(2, 1)], [flow(1, 3), flow(2, 1)], 4)).toEqual({
    compared: 2,
    moved: [{ sourceAddress: '127.0.0.1', sourcePort: 1, members: [0, 3] }],
    flowsPerMember: { first: [1, 1, 0, 0], second: [0, 1, 0, 1] },
  }))

it('flows that were not seen in both, or at more than one member in a run, are left out', () =>
  expect(
    comparePlacements(
      [flow(1, -1), flow(2, 1), flow(3, 1, true), flow(4, 1)],
      [flow(1, 0), flow(2, -1), flow(3, 2), flow(4, 2, true), { ...flow(2, 0), sourceAddress: '127.0.0.2' }],
      3,
    ),
  ).toEqual({ compared: 0, moved: [], flowsPerMember: { first: [0, 0, 0], second: [0, 0, 0] } }))
