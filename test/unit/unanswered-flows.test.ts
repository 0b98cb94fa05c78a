import { describe, expect, it } from 'vitest'
import { withUnansweredFlows } from '../../src/analysis/balance/unanswered-flows.js'

describe('flows that were never answered', () => {
  it('are reckoned to the members to which their requests came', () =>
    expect(
      withUnansweredFlows(
        [
          { flows: 240, sentOnFlows: 960, offered: 1000 },
          { flows: 250, sentOnFlows: 1000, offered: 1000 },
          { flows: 0, sentOnFlows: 0, offered: 960 },
        ],
        250,
      ),
    ).toEqual([250, 250, 240]))

  it('are left out where what came was not counted, and none are made up', () => {
    const members = [
      { flows: 3, sentOnFlows: 9, offered: 8 },
      { flows: 4, sentOnFlows: 12, offered: 12 },
    ]
    expect(withUnansweredFlows(members, 5)).toEqual([3, 4])
    expect(withUnansweredFlows(members, 0)).toEqual([3, 4])
  })
})
