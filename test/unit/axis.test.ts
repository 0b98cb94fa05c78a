import { describe, expect, it } from 'vitest'
import { parseAxis } from '../../src/plan/axis.js'
import {
  ADDRESSES,
  BYTES,
  choiceOf,
  COUNT,
  DURATION,
  RATE,
  TEXT,
  type Kind,
} from '../../src/plan/parameters/kind.js'
import { combinationsOf, orderOf } from '../../src/plan/sweep-plan.js'

const KINDS = { count: COUNT, rate: RATE, duration: DURATION, bytes: BYTES, word: choiceOf(['a', 'b']) }
type KindWord = keyof typeof KINDS
const valuesOf = (text: string, kind: Kind): string[] => parseAxis(text, { flag: 'x', kind }).values
const values = (text: string, kind: KindWord): string[] => valuesOf(text, KINDS[kind])

describe('the values of a flag', () => {
  it.each<[string, KindWord, string[]]>([
    ['4', 'count', ['4']],
    ['1,2,4', 'count', ['1', '2', '4']],
    ['hash, random', 'word', ['hash', 'random']],
    ['10k..30k/10k', 'rate', ['10k', '20k', '30k']],
    ['1s..4s/1s', 'duration', ['1s', '2s', '3s', '4s']],
    ['500ms..2s/500ms', 'duration', ['500ms', '1000ms', '1500ms', '2000ms']],
    ['1s..3s/1500ms', 'duration', ['1s', '2500ms']],
    ['0s..2ms/1ms', 'duration', ['0s', '1ms', '2ms']],
    ['64..1K*4', 'bytes', ['64', '256', '1024']],
    ['1..16*2', 'count', ['1', '2', '4', '8', '16']],
    ['1,2,4..16*2', 'count', ['1', '2', '4', '8', '16']],
    ['1,2,2..8*2', 'count', ['1', '2', '4', '8']],
    ['1..6/2', 'count', ['1', '3', '5']],
    ['0.1..0.3/0.1', 'rate', ['0.1', '0.2', '0.3']],
    ['1k..10k*1.5', 'count', ['1k', '1500', '2250', '3375', '5063', '7594']],
    ['7..7/1', 'count', ['7']],
  ])('%s (%s) are written out in its own units', (text, kind, expected) =>
    expect(values(text, kind)).toEqual(expected),
  )

  it('are set apart by semicolons where they hold commas', () =>
    expect(valuesOf('127.0.0.1,127.0.0.2;127.0.0.3', ADDRESSES)).toEqual([
      '127.0.0.1,127.0.0.2',
      '127.0.0.3',
    ]))

  it('that are words, such as a path, are no ranges', () =>
    expect(valuesOf('../weights.txt', TEXT)).toEqual(['../weights.txt']))

  it.each<[string, KindWord, RegExp]>([
    ['1,,2', 'count', /^--x '1,,2' has an empty value: .*','/],
    ['1,1', 'count', /^--x '1,1' names 1 twice: .*--repeat/],
    ['hash,random,hash', 'word', /names hash twice/],
    ['', 'word', /^--x '' has an empty value/],
    ['1..4', 'count', /^--x '1\.\.4' is not a range: .*first\.\.last\/step/],
    ['1..4/1/1', 'count', /is not a range/],
    ['4..1/1', 'count', /^--x '4\.\.1\/1' runs backwards: .*1\.\.4/],
    ['1..4/0', 'count', /^--x '1\.\.4\/0' has no step/],
    ['1..4*1', 'count', /^--x '1\.\.4\*1' does not grow/],
    ['0..4*2', 'count', /^--x '0\.\.4\*2' does not grow/],
    ['1..4*x', 'count', /does not grow/],
    ['1s..4s/1', 'duration', /^--x '1' has no unit/],
    ['1..z/1', 'count', /^--x 'z' is not a whole number/],
    ['1..1M/1', 'count', /^--x '1\.\.1M\/1' makes 1,001 values: 1,000 at most/],
  ])('%s (%s) are refused with a sentence', (text, kind, sentence) =>
    expect(() => values(text, kind)).toThrow(
      expect.objectContaining({
        code: 'RPB_USAGE',
        message: expect.stringMatching(sentence) as string,
      }) as Error,
    ),
  )
})

describe('the points of a sweep', () => {
  it('are all combinations, the last flag changing fastest', () =>
    expect(
      combinationsOf([
        { flag: 'procs', values: ['1', '2'] },
        { flag: 'rate', values: ['5k', '10k'] },
      ]),
    ).toEqual([
      { procs: '1', rate: '5k' },
      { procs: '1', rate: '10k' },
      { procs: '2', rate: '5k' },
      { procs: '2', rate: '10k' },
    ]))

  it('are one where no flag has several values', () => expect(combinationsOf([])).toEqual([{}]))

  it('run once per repetition, each in an order of its own that the seed decides', () => {
    const order = orderOf(20, 3, 7)
    for (const points of order) expect(points.toSorted((a, b) => a - b)).toEqual([...Array(20).keys()])
    expect(order).toEqual(orderOf(20, 3, 7))
    expect(new Set(order.map(String)).size).toBe(3)
    expect(orderOf(20, 3, 8)).not.toEqual(order)
  })
})
