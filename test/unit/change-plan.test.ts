import { describe, expect, it } from 'vitest'
import {
  neededNs,
  type PlannedChange,
  planChanges,
  quietNs,
  flowPeriodNs,
} from '../../src/plan/change-plan.js'
import { changeText, parseChange, type GroupChange, type TimedChange } from '../../src/plan/group-change.js'
import { refusalOf } from './refusal-of.js'

const parse = (text: string): TimedChange => parseChange(text, { flag: '--change' })

/** The plan of changes, a second apart, on a fresh group. */
const plan = (members: number, ...changes: string[]): PlannedChange[] =>
  planChanges(
    members,
    changes.map((change, i) => parse(`${i + 1}s:${change}`)),
    '--change',
  )

/** Lives as `member.generation`. */
const names = (lives: PlannedChange['before']): string =>
  lives.map(({ member, generation }) => `${member}.${generation}`).join(' ')
const arrays = (changes: PlannedChange[]): string[] => changes.map(({ after }) => names(after))

describe('a change', () => {
  it.each<[string, number, GroupChange]>([
    ['2s:add', 2e9, { kind: 'add' }],
    ['500ms:remove:12', 500e6, { kind: 'remove', member: 12 }],
    ['0s:kill:0', 0, { kind: 'kill', member: 0 }],
    ['1m:stall:1', 60e9, { kind: 'stall', member: 1 }],
    ['1s:resume:1', 1e9, { kind: 'resume', member: 1 }],
    ['1s:restart:3', 1e9, { kind: 'restart', member: 3, order: 'stop-then-start' }],
    ['1s:restart:3:start-then-stop', 1e9, { kind: 'restart', member: 3, order: 'start-then-stop' }],
    ['1s:replace', 1e9, { kind: 'replace', manner: 'rolling', order: 'stop-then-start' }],
    [
      '1s:replace:rolling:start-then-stop',
      1e9,
      { kind: 'replace', manner: 'rolling', order: 'start-then-stop' },
    ],
    ['1s:replace:fifo', 1e9, { kind: 'replace', manner: 'fifo' }],
    ['1s:replace:reverse', 1e9, { kind: 'replace', manner: 'reverse' }],
  ])('is read: %s', (text, atNs, change) => expect(parse(text)).toEqual({ atNs, change }))

  it.each([
    'add',
    '2s',
    '2s:',
    '2s:adds',
    '2s:add:1',
    '2s:remove',
    '2s:remove:x',
    '2s:remove:-1',
    '2s:remove:1:2',
    '2s:restart:1:sideways',
    '2s:restart:start-then-stop',
    '2s:replace:lifo',
    '2s:replace:fifo:start-then-stop',
    '2s:resume',
  ])('is refused with how it is written: %s', (text) =>
    expect(refusalOf(() => parse(text))).toBe(
      '--change takes TIME:add, TIME:remove:N, TIME:restart:N[:start-then-stop], TIME:replace[:rolling|fifo|reverse], ' +
        `TIME:kill:N, TIME:stall:N or TIME:resume:N, not "${text}".`,
    ),
  )

  it('needs a time with its unit', () =>
    expect(refusalOf(() => parse('2:add'))).toBe(
      "--change '2' has no unit: add ns, us, ms, s, m or h, such as 2s.",
    ))

  it.each([
    ['1s:add', 'add'],
    ['1s:stall:1', 'stall 1'],
    ['1s:restart:1', 'restart 1 (stop-then-start)'],
    ['1s:replace', 'replace (rolling, stop-then-start)'],
    ['1s:replace:fifo', 'replace (fifo)'],
  ])('is named: %s → %s', (text, name) => expect(changeText(parse(text).change)).toBe(name))
})

describe('the plan of changes', () => {
  it('follows the array: added at the end, the last into the hole', () =>
    expect(arrays(plan(4, 'add', 'remove:0', 'restart:1'))).toEqual([
      '0.0 1.0 2.0 3.0 4.0',
      '4.0 1.0 2.0 3.0',
      '4.0 3.0 2.0 1.1',
    ]))

  it('goes by time, whatever the order given', () => {
    const changes = planChanges(3, [parse('2s:remove:3'), parse('1s:add')], '--change')
    expect(changes.map(({ atNs }) => atNs)).toEqual([1e9, 2e9])
    expect(arrays(changes)).toEqual(['0.0 1.0 2.0 3.0', '0.0 1.0 2.0'])
  })

  it('gives a newcomer an index that nobody had', () =>
    expect(arrays(plan(2, 'add', 'remove:2', 'add', 'add'))).toEqual([
      '0.0 1.0 2.0',
      '0.0 1.0',
      '0.0 1.0 3.0',
      '0.0 1.0 3.0 4.0',
    ]))

  it('replaces all: first-in-first-out reverses the array, reverse keeps it', () => {
    expect(arrays(plan(3, 'replace:fifo'))).toEqual(['2.1 1.1 0.1'])
    expect(arrays(plan(3, 'replace:reverse'))).toEqual(['0.1 1.1 2.1'])
    expect(plan(3, 'replace')[0]!.steps.map(({ action }) => action)).toEqual([
      'stop',
      'start',
      'stop',
      'start',
      'stop',
      'start',
    ])
  })

  it('has no steps for a stall, which the kernel does not see', () => {
    const [stall, resume] = plan(2, 'stall:1', 'resume:1')
    expect([stall!.steps, resume!.steps]).toEqual([[], []])
    expect(stall!.after).toEqual(stall!.before)
  })

  it('knows who is silent: after a change, and of whom nothing was heard since the array last changed', () => {
    const silence = plan(4, 'stall:1', 'add', 'remove:0', 'resume:1', 'add').map((change) => change.silence)
    expect(silence).toEqual([
      { before: [], after: [1] }, // heard of until just now
      { before: [], after: [1] }, // and the array is still that of then
      { before: [1], after: [1] },
      { before: [1], after: [] },
      { before: [], after: [] },
    ])
  })

  it('lets a stalled member be killed', () =>
    expect(arrays(plan(3, 'stall:1', 'kill:1', 'replace')).at(-1)).toBe('0.1 2.1'))

  it.each([
    [2, ['remove:2'], 'there is no member 2 to remove then; there are 0, 1.'],
    [3, ['remove:1', 'restart:1'], 'there is no member 1 to restart then; there are 0, 2.'],
    [2, ['kill:0', 'resume:0'], 'there is no member 0 to resume then; there are 1.'],
    [1, ['remove:0'], 'remove 0 would leave no member; start with more --procs.'],
    [2, ['remove:0', 'kill:1'], 'kill 1 would leave no member; start with more --procs.'],
    [2, ['resume:0'], 'member 0 is not stalled, so it cannot resume.'],
    [2, ['stall:0', 'resume:0', 'resume:0'], 'member 0 is not stalled, so it cannot resume.'],
    [2, ['stall:0', 'stall:0'], 'member 0 is stalled then; resume or kill it first.'],
    [2, ['stall:0', 'remove:0'], 'member 0 is stalled then; resume or kill it first.'],
    [2, ['stall:0', 'restart:0'], 'member 0 is stalled then; resume or kill it first.'],
    [2, ['stall:0', 'replace'], 'a stalled member cannot be replaced; resume it first.'],
  ])('of %i members refuses %j', (members, changes, message) =>
    expect(refusalOf(() => plan(members, ...changes))).toBe(`--change: ${message}`),
  )
})

describe('the time that changes need', () => {
  const load = { flows: 1000, rateHz: 10_000 }

  it('is three turns of each flow for quiet, and no less than what a member may wait for its CPU', () => {
    expect(flowPeriodNs(load)).toBe(100e6)
    expect(quietNs(load)).toBe(300e6)
    expect(quietNs({ flows: 10, rateHz: 10_000 })).toBe(200e6)
  })

  it('is whole nanoseconds, at any rate', () =>
    expect(neededNs({ flows: 1000, rateHz: 700 }, plan(2, 'stall:0'))).toBe(1e9 + 4_285_714_286))

  it('ends with quiet, after every step', () => {
    expect(neededNs(load, [])).toBe(0)
    expect(neededNs(load, plan(2, 'stall:0'))).toBe(1e9 + 300e6)
    expect(neededNs(load, plan(2, 'add'))).toBe(1e9 + 200e6 + 300e6)
    expect(neededNs(load, plan(1, 'replace', 'add'))).toBe(2e9 + 200e6 + 300e6)
    // Twelve steps take longer than the second until the next change, which waits.
    expect(neededNs(load, plan(6, 'replace', 'add'))).toBe(1e9 + 12 * 200e6 + 300e6 + 200e6 + 300e6)
  })
})
