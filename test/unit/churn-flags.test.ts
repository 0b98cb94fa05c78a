import { describe, expect, it } from 'vitest'
import { planChurn } from '../../src/api/plan-churn.js'
import { refusalOf } from './refusal-of.js'

type Flags = Parameters<typeof planChurn>[0]

const messageOf = (flags: Flags): string => refusalOf(() => planChurn(flags))

describe('the flags of a run through changes', () => {
  it('have an open loop and a change of each kind by default', () => {
    const { plan, changes, supplied } = planChurn({ procs: '4' })
    expect(plan).toMatchObject({ procs: 4, flows: 2000, rateHz: 10_000, arrivals: 'constant', waves: 1 })
    expect(changes.map(({ atNs, change }) => [atNs, change.kind])).toEqual([
      [2e9, 'add'],
      [4e9, 'remove'],
      [6e9, 'restart'],
      [8e9, 'replace'],
    ])
    expect(supplied).toEqual({ procs: '4' })
  })

  it('are remembered as they were given', () =>
    expect(planChurn({ procs: '2', change: ['1s:add'], rate: '20k', seed: undefined }).supplied).toEqual({
      procs: '2',
      rate: '20k',
      change: ['1s:add'],
    }))

  it('last as long as the changes need, or longer', () => {
    const flags = { procs: '2', change: ['1s:add'], rate: '20k', flows: '500' }
    expect(planChurn(flags).plan.durationNs).toBe(1e9 + 200e6 + 200e6)
    expect(planChurn({ ...flags, duration: '3s' }).plan.durationNs).toBe(3e9)
  })

  it('refuse a duration that is too short', () =>
    expect(messageOf({ procs: '2', change: ['1s:add'], rate: '20k', flows: '500', duration: '1s' })).toBe(
      '--duration 1s is too short for these changes: they need 1.4 s.',
    ))

  it('refuse a change before every flow was seen', () =>
    expect(messageOf({ procs: '2', change: ['100ms:add'] })).toMatch(
      /^--change: the one at 100 ms comes too early: with 2000 flows at 10000\/s it takes 600 ms to see all of them; .*raise --rate, or lower --flows\.$/,
    ))

  it('refuse a change too soon after another, in whatever order they are given', () =>
    expect(messageOf({ procs: '2', change: ['2200ms:remove:2', '2s:add'] })).toMatch(
      /^--change: the one at 2\.2 s comes too early: /,
    ))

  it('refuse more flows than can be open at once', () =>
    expect(
      messageOf({ procs: '2', flows: '2000000', rate: '10M', engine: 'epoll', change: ['2s:add'] }),
    ).toMatch(
      /^--flows 2000000 does not fit: all flows are open at once while a group changes.*ulimit -n\.$/,
    ))

  it('refuse what cannot be done', () => {
    expect(messageOf({ procs: '2', change: ['2s:explode'] })).toMatch(
      /^--change takes .*, not "2s:explode"\.$/,
    )
    expect(messageOf({ procs: '2', change: ['2s:remove:2'] })).toBe(
      '--change: there is no member 2 to remove then; there are 0, 1.',
    )
  })
})
