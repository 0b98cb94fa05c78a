import { describe, expect, it } from 'vitest'
import { churnExperiment } from '../../src/experiment/churn.js'
import { runExperiment } from '../../src/experiment/run.js'
import { planChanges } from '../../src/plan/change-plan.js'
import type { TimedChange } from '../../src/plan/group-change.js'
import { churnResult, type ChurnResult } from '../../src/result/churn-result.js'
import { runResult } from '../../src/result/run-result.js'
import { KERNEL_RULE, type Rule } from './fake-group.js'
import { fakeTestbed, onFake, type Scene } from './fake-testbed.js'

const MS = 1e6

/** Gives the first socket 40 % of the hashes. */
const SKEWED: Rule = {
  ...KERNEL_RULE,
  select: (hash, array) =>
    hash < 0.4 * 2 ** 32 ? 0 : 1 + KERNEL_RULE.select((hash * 2_654_435_761) >>> 0, array.slice(1)),
}

/** Those behind a socket that goes move up, as no kernel since 4.5 has it. */
const MOVING_UP: Rule = { ...KERNEL_RULE, without: (array, life) => array.filter((other) => other !== life) }

describe('a run, on a fake group under a fake load', () => {
  const run = { procs: 4, flows: 2000, durationNs: 100 * MS, warmupNs: 10 * MS }

  it('has a result whose books balance, and a row for each flow', async () => {
    const { result, flows } = await runExperiment(onFake(run, fakeTestbed()))
    expect(runResult.parse(result)).toEqual(result)
    expect(result.balance!.verdict).toBe('fair')
    expect(result.books).toMatchObject({ sent: 20_000, taken: 20_000, replied: 20_000, unexplained: 0 })
    expect(result.affinity).toMatchObject({ flows: 2000, moved: 0, unanswered: 0 })
    expect([...flows]).toHaveLength(2000)
    expect(result.stopped).toBeUndefined()
  })

  it('says that a group is skewed', async () => {
    const { result } = await runExperiment(onFake(run, fakeTestbed(SKEWED)))
    expect(result.balance!.verdict).toBe('skewed')
    expect(result.members[0]!.flows / 2000).toBeCloseTo(0.4, 1)
  })

  it('ends when a member dies, keeps what was measured, and calls it invalid', async () => {
    const testbed = fakeTestbed(KERNEL_RULE, ({ clock, group }) =>
      clock.at(40 * MS, () => group.die(2, 'was killed by SIGKILL')),
    )
    const { result } = await runExperiment(onFake(run, testbed))
    expect(result.stopped).toBe('failed')
    // 30 ms of the measured phase, at 200 requests a ms.
    expect(result.books.sent).toBe(6000)
    expect(result.members[2]).toMatchObject({ died: 'was killed by SIGKILL' })
    expect(result.validity.verdict).toBe('invalid')
    expect(result.validity.findings.map(({ code }) => code)).toContain('member-died')
  })

  it('keeps what was measured when it is interrupted', async () => {
    const controller = new AbortController()
    const testbed = fakeTestbed(KERNEL_RULE, ({ clock }) => clock.at(60 * MS, () => controller.abort()))
    const { result } = await runExperiment(onFake(run, testbed, controller.signal))
    expect(result.stopped).toBe('interrupted')
    expect(result.books).toMatchObject({ sent: 10_000, replied: 10_000, unexplained: 0 })
    expect(result.validity.findings.map(({ code }) => code)).toContain('interrupted')
  })

  it('names a stranger that came to the port', async () => {
    const testbed = fakeTestbed(KERNEL_RULE, ({ clock, group }) =>
      clock.at(
        50 * MS,
        () =>
          void group.found.push({
            key: 7,
            queuedBytes: 0,
            open: { inode: 4_294_967_295, uid: 65_534, drops: 0 },
          }),
      ),
    )
    const { result } = await runExperiment(onFake(run, testbed))
    const stranger = result.validity.findings.find(({ code }) => code === 'stranger-joined')
    expect(stranger?.message).toContain('a process of user id 65534')
  })
})

const verdicts = ({ changes }: ChurnResult) => changes.map(({ change, verdict }) => [change, verdict])

describe('a run through changes, on a fake group under a fake load', () => {
  const CHANGES: TimedChange[] = [
    { atNs: 400 * MS, change: { kind: 'add' } },
    { atNs: 800 * MS, change: { kind: 'remove', member: 0 } },
  ]

  const churn = async (
    rule: Rule,
    more: { observeHash?: boolean; opened?: (scene: Scene) => void } = {},
  ): Promise<ChurnResult> => {
    const { observeHash = false, opened } = more
    const request = {
      procs: 4,
      flows: 1000,
      rateHz: 20_000,
      durationNs: 1200 * MS,
      warmupNs: 10 * MS,
      observeHash,
    }
    const changes = planChanges(4, CHANGES, '--change')
    return churnExperiment({ ...onFake(request, fakeTestbed(rule, opened)), changes })
  }
  it('finds what the kernel does as predicted, by shares and flow by flow', async () => {
    for (const observeHash of [false, true]) {
      const result = await churn(KERNEL_RULE, { observeHash })
      expect(churnResult.parse(result)).toEqual(result)
      expect(verdicts(result)).toEqual([
        ['add', 'as predicted'],
        ['remove 0', 'as predicted'],
      ])
      expect(result.changes.map(({ test }) => test.method)).toEqual(
        Array.from({ length: 2 }, () => (observeHash ? 'flow-by-flow' : 'shares')),
      )
      expect(result.books.unexplained).toBe(0)
      // 20 a ms, from the beginning or one second before, and to half a second after or the next change.
      const [added, removed] = result.changes
      for (const [summary, ms] of [
        [added!.latencyBefore, 380],
        [added!.latencyDuring, 400],
        [removed!.latencyBefore, 380],
        [removed!.latencyDuring, 420],
      ] as const) {
        expect(summary).toMatchObject({ minNs: 100_000, maxNs: 100_000 })
        expect(Math.abs(summary!.count / 20 - ms), `${ms} ms in intervals of 20`).toBeLessThanOrEqual(40)
      }
    }
  })

  it('finds that a group differs whose sockets move up behind one that goes', async () => {
    for (const observeHash of [false, true])
      expect(verdicts(await churn(MOVING_UP, { observeHash }))).toEqual([
        ['add', 'as predicted'],
        ['remove 0', 'differs'],
      ])
  })

  it('keeps what was measured when a newcomer does not come up, and names the change that failed', async () => {
    const changes = planChanges(
      4,
      [
        { atNs: 400 * MS, change: { kind: 'add' } },
        { atNs: 800 * MS, change: { kind: 'restart', member: 0, order: 'stop-then-start' } },
        { atNs: 1200 * MS, change: { kind: 'remove', member: 1 } },
      ],
      '--change',
    )
    const testbed = fakeTestbed(KERNEL_RULE, ({ clock, group }) =>
      clock.at(600 * MS, () => (group.joinFails = 'Member 0 stood still while starting.')),
    )
    const request = { procs: 4, flows: 1000, rateHz: 20_000, durationNs: 1600 * MS, warmupNs: 10 * MS }
    const result = await churnExperiment({ ...onFake(request, testbed), changes })
    expect(churnResult.parse(result)).toEqual(result)
    expect(result).toMatchObject({
      stopped: 'failed',
      failure:
        'The change "restart 0 (stop-then-start)" at 800 ms failed. Member 0 stood still while starting.',
      skipped: ['restart 0 (stop-then-start)', 'remove 1'],
      validity: { verdict: 'suspect' },
    })
    // The old member 0 had gone when its successor failed: that is no part of the change before.
    expect(verdicts(result)).toEqual([['add', 'as predicted']])
    expect(result.books.replied).toBeGreaterThan(10_000)
    expect(result.books.unexplained).toBe(0)
    expect(result.durationNs).toBeLessThan(1000 * MS)
    expect(result.validity.findings.map(({ code }) => code)).toContain('change-failed')
    expect(result.validity.findings.map(({ code }) => code)).not.toContain('changes-unseen')
  })

  it('ends when a member dies that no change asked for', async () => {
    const result = await churn(KERNEL_RULE, {
      opened: ({ clock, group }) => clock.at(600 * MS, () => group.die(3, 'was killed by SIGKILL')),
    })
    expect(result.stopped).toBe('failed')
    expect(result.skipped).toContain('remove 0')
    expect(result.validity).toMatchObject({ verdict: 'invalid' })
  })
})
