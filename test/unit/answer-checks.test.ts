import { describe, expect, it } from 'vitest'
import type { Losses } from '../../src/analysis/books/losses.js'
import type { Observations } from '../../src/analysis/validity/observations.js'
import { validityOf } from '../../src/assembly/validity.js'
import { lostTo, openLoop, checked, findingOf, stepOf } from './sample-observations.js'

const foundOf = (losses: Losses, change: Partial<Observations> = {}) =>
  findingOf({ ...openLoop, ...change, losses }, 'unanswered-share')

describe('requests that nobody answered', () => {
  it.each([0, 500, 609, 900])('accuse nobody where a full queue accounts for %d of 1,000', (queues) =>
    expect(validityOf({ ...openLoop, losses: lostTo({ queues }) })).toMatchObject({
      verdict: 'valid',
      findings: [],
    }),
  )

  it('are what was measured where changes of the group cost them, unless it is all', () => {
    const churn = { experiment: 'churn' } as const
    expect(foundOf(lostTo({ socket: 600, queues: 350 }), churn)).toBeUndefined()
    expect(foundOf(lostTo({ socket: 600, queues: 400 }), churn)?.severity).toBe('invalid')
    expect(foundOf(lostTo({ echo: 600 }), churn)?.severity).toBe('invalid')
  })

  it('are told with what they were lost to', () => {
    expect(foundOf(lostTo({ echo: 1000 }))).toMatchObject({
      message: 'None of 1,000 requests was answered.',
      nextStep: 'See what keeps members from sending: a seccomp profile, a packet filter.',
    })
    expect(foundOf(lostTo({ queues: 300, 'way-there': 600 }))).toMatchObject({
      message: '90.0 % of 1,000 requests were never answered.',
      nextStep: 'See what filters this host’s traffic (nft list ruleset, iptables -S).',
      limit: 0.5,
    })
    expect(foundOf(lostTo({ queues: 950 }))?.nextStep).toBe(
      'Lower --rate (now 20,000/s), or see whether members stand still: figures are of the few that were answered.',
    )
  })

  it('are no share of nothing', () =>
    expect(checked({ ...openLoop, losses: { ...lostTo({}), sent: 0, answered: 0 } })).not.toContain(
      'unanswered-share',
    ))

  it('are said once where they are all: not of each flow again', () =>
    expect(
      findingOf({ ...openLoop, losses: lostTo({ echo: 1000 }), unansweredFlows: 9 }, 'flows-unanswered'),
    ).toBe(undefined))
})

describe('send errors', () => {
  it('lead to the load or to a filter, by their kind', () => {
    expect(stepOf(['EAGAIN'])).toBe('Lower --rate (now 20,000/s).')
    expect(stepOf(['EPERM'])).toBe("Look at what filters or limits this host's traffic.")
    expect(stepOf(['ENOBUFS', 'EPERM'])).toBe(
      "Lower --rate (now 20,000/s), and look at what filters or limits this host's traffic.",
    )
  })
})
