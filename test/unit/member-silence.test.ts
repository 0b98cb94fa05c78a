import { describe, expect, it } from 'vitest'
import { attend, type Attention, type Look } from '../../src/analysis/silence/silence.js'
import { progressSentence } from '../../src/cli/progress-words.js'
import { churnExperiment } from '../../src/experiment/churn.js'
import { runExperiment } from '../../src/experiment/run.js'
import { thawCommand } from '../../src/host/freezer.js'
import { parseTaskState } from '../../src/host/process-state.js'
import { planChanges } from '../../src/plan/change-plan.js'
import { runResult } from '../../src/result/run-result.js'
import { KERNEL_RULE } from './fake-group.js'
import { fakeTestbed, onFake, type Scene } from './fake-testbed.js'

const MS = 1e6

/** Looks every 100 ms, of which each says how far its progress is, and in what state it was found. */
function lookedAt(looks: readonly Partial<Look>[], everyNs = 100 * MS): Attention {
  let attention: Attention | undefined
  for (const [i, look] of looks.entries())
    attention = attend(attention, { atNs: i * everyNs, progress: 0, longestServiceNs: 0, ...look })
  return attention!
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

describe('a server', () => {
  it('that goes on is not silent, whatever a look finds it at', () =>
    expect(
      lookedAt([{ progress: 1 }, { progress: 2, state: 'traced' }, { progress: 3, state: 'waiting' }]),
    ).toEqual({ lookedNs: 200 * MS, progress: 3, workedNs: 200 * MS, stillNs: 0 }))

  it.each(['stopped', 'traced', 'frozen'] as const)('that is %s is silent at the next look', (state) => {
    expect(lookedAt([{ progress: 7 }, { progress: 7, state }])).toMatchObject({ silent: state, workedNs: 0 })
  })

  it('that is looked at again at once is not called silent for a state that it may have for an instant', () =>
    expect(lookedAt([{ progress: 7 }, { progress: 7, state: 'traced' }], 20 * MS)).not.toHaveProperty(
      'silent',
    ))

  it.each(['runnable', 'waiting', 'sleeping'] as const)(
    'that nobody holds and that is %s is silent after two seconds',
    (state) => {
      expect(lookedAt(times(21, { state }))).not.toHaveProperty('silent')
      expect(lookedAt(times(22, { state }))).toMatchObject({ silent: state })
    },
  )

  it('may work as long as its longest service time', () => {
    const look = { state: 'sleeping', longestServiceNs: 1e9 } as const
    expect(lookedAt(times(31, look))).not.toHaveProperty('silent')
    expect(lookedAt(times(32, look))).toMatchObject({ silent: 'sleeping' })
  })

  it('is not accused of a time in which nobody looked, as when all of us stood still', () =>
    expect(lookedAt([{}, { state: 'runnable' }], 60e9)).not.toHaveProperty('silent'))

  it('that has ended is dead, not silent', () =>
    expect(lookedAt(times(100, {}))).not.toHaveProperty('silent'))

  it('is silent no more once it goes on', () =>
    expect(
      lookedAt([{}, { state: 'stopped' }, { state: 'stopped' }, { progress: 1, state: 'runnable' }]),
    ).toEqual({ lookedNs: 300 * MS, progress: 1, workedNs: 300 * MS, stillNs: 0 }))
})

describe('the state of a task', () => {
  it.each([
    ['1 (node) T 0 1', 'stopped'],
    ['1 (node) t 0 1', 'traced'],
    ['1 (node) D 0 1', 'waiting'],
    ['1 (a) T) b) R 0 1', 'runnable'],
    ['1 (node) S 0 1', 'sleeping'],
    ['1 (node) I 0 1', 'unknown'],
    ['1 (node) Z 0 1', undefined],
    ['1 (node) X 0 1', undefined],
    ['', undefined],
  ])('of %j is %s', (stat, state) => expect(parseTaskState(stat)).toBe(state))
})

describe('a frozen cgroup', () => {
  const mounts = `34 31 0:33 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`
  const reader = (files: Record<string, string>) => (path: string) =>
    ({ '/proc/self/mountinfo': mounts, ...files })[path]

  it('of version 1 is thawed where it was asked to freeze, which may be above it', () => {
    const cgroup = { '/proc/7/task/7/cgroup': '6:freezer:/a/b\n0::/\n' }
    const own = '/sys/fs/cgroup/freezer/a/b/freezer'
    const above = '/sys/fs/cgroup/freezer/a/freezer'
    expect(
      thawCommand(7, 7, reader({ ...cgroup, [`${own}.state`]: 'FROZEN\n', [`${own}.self_freezing`]: '1\n' })),
    ).toBe('echo THAWED > /sys/fs/cgroup/freezer/a/b/freezer.state')
    expect(
      thawCommand(
        7,
        7,
        reader({
          ...cgroup,
          [`${own}.state`]: 'FROZEN\n',
          [`${own}.self_freezing`]: '0\n',
          [`${above}.self_freezing`]: '1\n',
        }),
      ),
    ).toBe('echo THAWED > /sys/fs/cgroup/freezer/a/freezer.state')
    expect(thawCommand(7, 7, reader({ ...cgroup, [`${own}.state`]: 'THAWED\n' }))).toBeUndefined()
  })

  it('of version 2 tells it in cgroup.events', () => {
    const cgroup = { '/proc/7/task/9/cgroup': '0::/s.slice/x.scope\n' }
    const at = '/sys/fs/cgroup/unified/s.slice/x.scope/cgroup'
    const files = (frozen: 0 | 1): Record<string, string> => ({
      ...cgroup,
      [`${at}.events`]: `populated 1\nfrozen ${frozen}\n`,
      [`${at}.freeze`]: `${frozen}\n`,
    })
    expect(thawCommand(7, 9, reader(files(1)))).toBe(
      'echo 0 > /sys/fs/cgroup/unified/s.slice/x.scope/cgroup.freeze',
    )
    expect(thawCommand(7, 9, reader(files(0)))).toBeUndefined()
  })

  it('is not looked for where nothing can be read', () =>
    expect(thawCommand(7, 7, () => undefined)).toBeUndefined())
})

describe('the line of progress', () => {
  const progress = {
    phase: 'measuring',
    elapsedNs: 1e9,
    remainingNs: 4e9,
    doneShare: 0.25,
    figures: { sent: 3000, replied: 2000, lost: 0, flowsUsed: 0, rateHz: 2000, lossShare: 0 },
  } as const

  it('says who is silent, as long as somebody is', () => {
    expect(progressSentence({ ...progress, silent: [2] })).toBe(
      'measuring · member 2 silent · 25 % · 4 s left · 2,000/s · loss 0 %',
    )
    expect(progressSentence({ ...progress, silent: [1, 2, 'front'] })).toContain(
      ' · the front and members 1, 2 silent · ',
    )
    expect(progressSentence({ ...progress, silent: [] })).toBe(
      'measuring · 25 % · 4 s left · 2,000/s · loss 0 %',
    )
    expect(progressSentence({ ...progress, phase: 'warming up', silent: [0] })).toBe(
      'warming up · member 0 silent · 25 % · 4 s left',
    )
  })
})

describe('a member that stands still', () => {
  const run = { procs: 4, flows: 2000, durationNs: 1000 * MS, warmupNs: 10 * MS }
  const heldAt = (ms: number, untilMs = Infinity) =>
    fakeTestbed(KERNEL_RULE, ({ clock, group }: Scene) => {
      clock.at(ms * MS, () => group.hold(2, 'stopped'))
      if (untilMs < Infinity) clock.at(untilMs * MS, () => group.letGo(2))
    })

  it('to the end is named, with its share of the flows, and makes the run invalid', async () => {
    const { result } = await runExperiment(onFake(run, heldAt(400)))
    expect(runResult.parse(result)).toEqual(result)
    const [silence] = result.silences!
    expect(silence).toMatchObject({ member: 2, generation: 0, pid: 1002, state: 'stopped', cameBack: false })
    expect(silence!.flowShare).toBeCloseTo(result.members[2]!.flows / 2000, 9)
    // It was last seen at work at a look before, which is at most 100 ms.
    expect(silence!.forNs).toBeGreaterThanOrEqual(600 * MS)
    expect(silence!.forNs).toBeLessThanOrEqual(720 * MS)
    const finding = result.validity.findings.find(({ code }) => code === 'member-silent')!
    expect(finding).toMatchObject({ severity: 'invalid', measured: 1, limit: 0 })
    expect(finding.message).toMatch(
      /^Member 2 \(process 1002\) stood still, stopped by a signal \(T\), for the last \d+ ms: \d+\.\d % of the flows are its own, and none of them was answered since\.$/,
    )
    expect(finding.nextStep).toContain('rpbench churn --change 1s:stall:2')
    expect(result.validity.verdict).toBe('invalid')
    expect(result.imbalance, 'it is known what is the matter').toBeUndefined()
  })

  it('for a time is a finding with that time, and no member that is silent', async () => {
    const { result } = await runExperiment(onFake(run, heldAt(300, 700)))
    expect(result.silences).toMatchObject([{ member: 2, cameBack: true, state: 'stopped' }])
    const codes = result.validity.findings.map(({ code }) => code)
    expect(codes).toContain('member-stood-still')
    expect(codes).not.toContain('member-silent')
    expect(result.validity.findings.find(({ code }) => code === 'member-stood-still')).toMatchObject({
      severity: 'suspect',
      measured: result.silences![0]!.forNs,
    })
  })

  it('in the warm-up alone is not in the result', async () => {
    const slow = { ...run, warmupNs: 1000 * MS }
    const { result } = await runExperiment(onFake(slow, heldAt(300, 700)))
    expect(result).not.toHaveProperty('silences')
  })

  it('though no change asked for it makes a run through changes invalid too', async () => {
    const changes = planChanges(4, [{ atNs: 300 * MS, change: { kind: 'add' } }], '--change')
    const options = onFake({ ...run, rateHz: 20_000 }, heldAt(400))
    const { silences, validity } = await churnExperiment({ ...options, changes })
    expect(silences).toMatchObject([{ member: 2, generation: 0, cameBack: false }])
    expect(silences![0]!.flows).toBeGreaterThan(0)
    expect(validity.verdict).toBe('invalid')
  })
})
