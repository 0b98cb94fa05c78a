import { describe, expect, it } from 'vitest'
import { complaintsOf, type CaseOutcome } from '../soak/judgement.js'
import { CASE_CLASSES, drawCase, type SoakCase } from '../soak/soak-case.js'
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
  membersSeen: true,
  files: { 'a-run.json': GOOD },
  ...changes,
})

const drawn = (seed: number, withNproc = true): SoakCase[] =>
  Array.from({ length: 200 }, (_, number) => drawCase(seed, number, withNproc))

describe('the cases of a soak', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(drawn(3)).toEqual(drawn(3))
    expect(drawn(4).map(({ words }) => words)).not.toEqual(drawn(3).map(({ words }) => words))
  })

  it('come in all classes, and limit processes only where that can be', () => {
    const cases = drawn(5, false)
    expect(new Set(cases.map((one) => one.class))).toEqual(new Set(CASE_CLASSES))
    expect(cases.some(({ limit }) => limit?.name === 'nproc')).toBe(false)
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

  it('lets a second signal cut off what was being written', () => {
    const signals = [1, 2].map(() => ({ name: 'SIGINT' as const, withMembers: true }))
    expect(complaintsOf(run(), outcome({ status: 130, stdout: '{', signals, files: {} }))).toEqual([])
  })
})
