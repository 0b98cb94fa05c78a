import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../src/kernel/group-array.js'
import { predictChange, predictSpreadOf } from '../../src/analysis/prediction/prediction.js'
import { renderPredictText } from '../../src/report/predict/text.js'
import type { ChangePrediction, SpreadPrediction } from '../../src/result/predict-result.js'
import { PREDICT_SCHEMA } from '../../src/result/schema-names.js'

const ESCAPE = '\u{1B}'

function text(
  prediction: ChangePrediction | SpreadPrediction,
  { columns = 80, color = false, unicode = true } = {},
): string {
  const result = {
    schema: PREDICT_SCHEMA,
    tool: { name: 'rpbench', version: '0.1.0' },
    startedAt: '2026-11-22T10:13:00.000Z',
    kernel: '6.18.44',
    ...prediction,
  } as const
  return renderPredictText(result, { columns, color, unicode })
}

const fourToFive = predictChange(4, { kind: 'resize', to: 5 }, '4.5', 'hash')

test('a change as a person reads it', () => {
  expect(text(fourToFive)).toMatchInlineSnapshot(`
    "rpbench predict   4 → 5 members · steering hash ·
                      UDP rule of Linux 4.5 and later
                      A prediction of the model: nothing was sent or measured.

     from (row) to (column), in parts of the row
          0    1    2    3    4
     0  80%  20%    ·    ·    ·
     1    ·  60%  40%    ·    ·
     2    ·    ·  40%  60%    ·
     3    ·    ·    ·  20%  80%

     stays      50.0 %   of all flows keep their member
     moves      50.0 %   of all flows find another process
     orphans     0.0 %   their member's process is gone
     others     50.0 %   collateral: they move although their member lives
     least      20.0 %   any scheme moves that serves all members alike afterwards
    "
  `)
})

test('a restart names where the orphans land, and what happens meanwhile', () => {
  const change: Change = { kind: 'restart', member: 1, order: 'stop-then-start' }
  expect(text(predictChange(4, change, '4.5', 'hash'), { columns: 100 })).toMatchInlineSnapshot(`
    "rpbench predict   restart member 1 of 4, stop-then-start · steering hash ·
                      UDP rule of Linux 4.5 and later
                      A prediction of the model: nothing was sent or measured.

     from (row) to (column), in parts of the row
          0  1.1    2    3
     0 100%    ·    ·    ·
     1    ·    ·    · 100%
     2    ·    · 100%    ·
     3    · 100%    ·    ·

     stays      50.0 %   of all flows keep their member
     moves      50.0 %   of all flows find another process
     orphans    25.0 %   their member's process is gone · they land 100 % to member 3
     others     25.0 %   collateral: they move although their member lives
     least      25.0 %   any scheme moves that serves all members alike afterwards
     meanwhile  66.7 %   are away from their member while the group has 3 members
    "
  `)
})

test('a spread as a person reads it', () => {
  expect(text(predictSpreadOf(4, 10_000, '4.5'))).toMatchInlineSnapshot(`
    "rpbench predict   4 members, 10,000 flows · steering hash ·
                      UDP rule of Linux 4.5 and later
                      A prediction of the model: nothing was sent or measured.

     mean      2,500 flows per member
     busiest   max/mean 1.021 expected (2,552 flows) · under 1.039 in 95 % of runs ·
               under 1.049 in 99 %
     idle      some member gets no flow at all in less than 0.01 % of runs
    "
  `)
})

describe('every text', () => {
  const predictions: (ChangePrediction | SpreadPrediction)[] = [
    fourToFive,
    predictChange(1, { kind: 'restart', member: 0, order: 'stop-then-start' }, '4.5', 'sticky'),
    predictChange(16, { kind: 'remove', member: 3 }, '4.5', 'hash'),
    predictChange(12, { kind: 'replace', manner: 'fifo' }, '4.5', 'hash'),
    predictChange(5, { kind: 'replace', manner: 'rolling', order: 'start-then-stop' }, '4.5', 'random'),
    predictChange(5, { kind: 'resize', to: 3 }, '3.9', 'hash'),
    predictChange(100, { kind: 'resize', to: 101 }, '3.8', 'hash'),
    predictSpreadOf(64, 200, '4.5'),
    predictSpreadOf(1, 1, '4.5'),
    predictSpreadOf(4, 1_000_000, '3.8'),
  ]

  test.each([40, 60, 80, 132])('fits %i columns', (columns) => {
    for (const prediction of predictions) {
      for (const unicode of [true, false]) {
        for (const line of stripVTControlCharacters(
          text(prediction, { columns, color: true, unicode }),
        ).split('\n')) {
          expect(line.length).toBeLessThanOrEqual(columns)
        }
      }
    }
  })

  test('says that it is a prediction', () => {
    for (const prediction of predictions) {
      expect(text(prediction)).toContain('A prediction of the model: nothing was sent or measured.')
    }
  })

  test('has no NaN, no undefined, and colours only where asked', () => {
    for (const prediction of predictions) {
      expect(text(prediction)).not.toMatch(/NaN|undefined|Infinity/)
      expect(text(prediction)).not.toContain(ESCAPE)
    }
    expect(text(fourToFive, { color: true })).toContain(`${ESCAPE}[32m80%`)
  })

  test('is plain ASCII where the terminal has no more', () => {
    for (const prediction of predictions) {
      expect(text(prediction, { unicode: false })).not.toMatch(/[^ -~\n]|\?/)
    }
  })
})

test('the picture turns to shades where percentages do not fit, and to a sentence where nothing does', () => {
  const removal = predictChange(16, { kind: 'remove', member: 3 }, '4.5', 'hash')
  expect(text(removal, { columns: 100 })).toContain('100%')
  expect(text(removal, { columns: 40 })).toContain('  1 ░ █ ·')
  expect(text(predictChange(100, { kind: 'resize', to: 101 }, '4.5', 'hash'))).toContain('see --json')
})
