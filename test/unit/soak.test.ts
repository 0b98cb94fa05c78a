import { describe, expect, it } from 'vitest'
import { complaintsOf, type CaseOutcome } from '../soak/judgement.js'
import { drawCase } from '../soak/draw-case.js'
import { CASE_CLASSES, DAMAGES, MEMBER_FAULTS, type Means, type SoakCase } from '../soak/soak-case.js'
import { sampleResult } from './sample-result.js'

const run = (changes: Partial<SoakCase> = {}): SoakCase => ({
  seed: 1,
  number: 0,
  class: 'undisturbed',
  words: ['run', '-p=2'],
  json: true,
  saves: true,
  disturbances: [],
  ...changes,
})

const GOOD = `${JSON.stringify(sampleResult())}\n`

const outcome = (changes: Partial<CaseOutcome> = {}): CaseOutcome => ({
  status: 0,
  signal: null,
  stdout: GOOD,
  stderr: '',
  hung: false,
  signals: [],
  faults: 0,
  joined: 0,
  membersSeen: true,
  files: { 'a-run.json': GOOD },
  ...changes,
})

const all = (values: readonly unknown[]): Set<unknown> => new Set(values.filter((one) => one !== undefined))

const ALL: Means = { otherUser: true, mounts: true }

const drawn = (seed: number, means = ALL, length = 200): SoakCase[] =>
  Array.from({ length }, (_, number) => drawCase(seed, number, means))

describe('the cases of a soak', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(drawn(3)).toEqual(drawn(3))
    expect(drawn(4).map(({ words }) => words)).not.toEqual(drawn(3).map(({ words }) => words))
  })

  it('come in all classes, with all that may be done in each', () => {
    const cases = drawn(5, ALL, 2000)
    expect(all(cases.map((one) => one.class))).toEqual(new Set(CASE_CLASSES))
    const disturbances = cases.flatMap((one) => one.disturbances)
    expect(all(disturbances.map(({ kind }) => kind))).toEqual(
      new Set(['signal', 'member', 'joiner', 'datagrams']),
    )
    expect(all(disturbances.map((one) => one.kind === 'member' && one.fault))).toEqual(
      new Set([false, ...MEMBER_FAULTS]),
    )
    expect(all(cases.map(({ before }) => before?.damage))).toEqual(new Set(DAMAGES))
    expect(all(cases.map(({ limit }) => limit?.name))).toEqual(
      new Set(['nofile', 'nproc', 'fsize', 'as', 'memlock', 'disk']),
    )
    const commands = [
      'run',
      'churn',
      'sweep',
      'verify',
      'predict',
      'check',
      'list',
      'metrics',
      'schema',
      'attach',
      'serve',
    ]
    expect(all(cases.map(({ words }) => words[0]))).toEqual(new Set(commands))
    for (const word of ['--resume', 'selectors', '--repeat=3'])
      expect(cases.some(({ words }) => words.includes(word))).toBe(true)
  })

  it('limit what this user cannot limit nowhere', () => {
    const limits = drawn(5, { otherUser: false, mounts: false }, 2000).map(({ limit }) => limit?.name)
    expect(new Set(limits)).toEqual(new Set([undefined, 'nofile', 'fsize', 'as']))
  })
})

describe('the judgement of a soak', () => {
  it('is content with what was meant', () => {
    expect(complaintsOf(run(), outcome())).toEqual([])
    expect(
      complaintsOf(run({ class: 'refused' }), outcome({ status: 2, stdout: '', stderr: 'x', files: {} })),
    ).toEqual([])
    const interrupted = { status: 130, signals: [{ name: 'SIGINT' as const, withMembers: true }] }
    expect(complaintsOf(run(), outcome(interrupted))).toEqual([])
    expect(complaintsOf(run(), outcome({ status: 1, faults: 1 }))).toEqual([])
  })

  it.each<[string, Partial<CaseOutcome>]>([
    ['did not end', { hung: true }],
    ['ended with 1', { status: 1 }],
    [
      'ended with SIGINT',
      { status: null, signal: 'SIGINT', signals: [{ name: 'SIGINT', withMembers: true }] },
    ],
    ['a stack trace', { stderr: 'TypeError: x\n    at run (file:///a.js:1:2)\n' }],
    ['wrong usage, and something on standard output', { status: 2, stderr: 'x' }],
    ['wrong usage without a word', { status: 2, stdout: '' }],
    ['nothing on standard output', { stdout: '' }],
    ['status 1 without a word', { status: 1, stdout: '' }],
    ['does not end with a line', { stdout: GOOD.trimEnd() }],
    ['is no JSON', { stdout: '{\n' }],
    ['is of no schema', { stdout: '{"schema": "rpbench/run@1"}\n' }],
    ['3 datagrams unexplained', { stdout: GOOD.replaceAll('"unexplained":0', '"unexplained":3') }],
    ['a-run.json is empty', { files: { 'a-run.json': '' } }],
    ['a-run.json is no JSON', { files: { 'a-run.json': '{\n' } }],
    ['a-run.json.1.part is left', { files: { 'a-run.json.1.part': '' } }],
  ])('complains: %s', (complaint, changes) =>
    expect(complaintsOf(run(), outcome(changes)).join('\n')).toContain(complaint),
  )

  it('lets somebody else’s socket on the port take what is in no count', () => {
    const stdout = GOOD.replaceAll('"unexplained":0', '"unexplained":3')
    expect(complaintsOf(run({ class: 'strangers' }), outcome({ status: 3, stdout, joined: 1 }))).toEqual([])
  })

  it('lets a second signal cut off what was being written', () => {
    const signals = [1, 2].map(() => ({ name: 'SIGINT' as const, withMembers: true }))
    expect(complaintsOf(run(), outcome({ status: 130, stdout: '{', signals, files: {} }))).toEqual([])
  })
})
