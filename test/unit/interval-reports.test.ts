import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { intervalsCsv } from '../../src/report/intervals/csv.js'
import { liveLine } from '../../src/report/intervals/live-line.js'
import { rowsShown } from '../../src/report/intervals/rows-shown.js'
import { spark } from '../../src/report/intervals/spark.js'
import { intervalBlock } from '../../src/report/intervals/table.js'
import { createStyle } from '../../src/report/style.js'
import type { IntervalResult } from '../../src/result/run-result.js'
import { sampleLatency } from './sample-result.js'

const SECOND = 1e9

/** The interval after so many seconds, with 1,000 round trips. */
function interval(second: number, changes: Partial<IntervalResult> = {}): IntervalResult {
  return {
    fromNs: second * SECOND,
    toNs: (second + 1) * SECOND,
    phase: 'load',
    sent: 1000,
    replied: 1000,
    late: 0,
    givenUp: 0,
    achievedPerSecond: 1000,
    roundTripsPerSecond: 1000,
    drops: 0,
    members: [
      { member: 0, generation: 0, taken: 510, drops: 0 },
      { member: 1, generation: 0, taken: 490, drops: 0 },
    ],
    maxOverMean: 1.02,
    latency: { service: sampleLatency(1000) },
    marks: [],
    ...changes,
  }
}

const HURT = interval(2, {
  drops: 120,
  givenUp: 300,
  roundTripsPerSecond: 700,
  marks: [
    { kind: 'change', atNs: 2.1e9, change: 'kill 1' },
    { kind: 'silent', atNs: 2.2e9, member: 0, generation: 1 },
    { kind: 'death', atNs: 2.3e9 },
  ],
})

const linesOf = (intervals: readonly IntervalResult[], columns = 100): string[] =>
  intervalBlock({ intervals }, createStyle({ columns, color: false })).map(stripVTControlCharacters)

const cells = (line: string): string[] =>
  Array.from(line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g), ([, quoted, plain]) => quoted ?? plain!)

/** The rows of a CSV by the names of its columns. */
function rows(csv: string): Record<string, string>[] {
  const [head, ...lines] = csv.trimEnd().split('\n').map(cells)
  return lines.map((line) => Object.fromEntries(head!.map((name, i) => [name, line[i]!])))
}

describe('the line of an interval on a terminal', () => {
  it('says its time, rate and latency, and what was lost and happened', () => {
    expect(liveLine(interval(1), 100)).toBe('1.0–2.0 s  1,000/s  p50 312 µs  p99 1.1 ms  max/mean 1.02')
    expect(liveLine(HURT, 200)).toBe(
      '2.0–3.0 s  700/s  p50 312 µs  p99 1.1 ms  max/mean 1.02  120 dropped  300 given up  kill 1, member 0.1 silent, the front died',
    )
    expect(liveLine(interval(1), 100, 4)).toMatch(/^#5 1\.0–2\.0 s  /)
  })

  it('keeps in 40 columns what matters most', () => {
    expect(liveLine(interval(1), 39)).toBe('1.0–2.0 s  1,000/s  p99 1.1 ms')
    const killed = { ...HURT, marks: HURT.marks.slice(0, 1) }
    expect(liveLine(killed, 39)).toBe('2.0–3.0 s  700/s  120 dropped  kill 1')
    for (let columns = 1; columns < 150; columns++)
      expect(liveLine(HURT, columns).length).toBeLessThanOrEqual(columns)
  })

  it('has no rate of a drain, and hundredths of a second where intervals are short', () => {
    const drain = interval(1, { phase: 'drain', toNs: 1.25e9 })
    delete drain.roundTripsPerSecond
    expect(liveLine(drain, 30)).toBe('drain to 1.25 s  p99 1.1 ms')
    expect(liveLine(interval(1, { toNs: 1.1e9 }), 20)).toBe('1.00–1.10 s  1,000/s')
  })
})

describe('the table of intervals', () => {
  it('has a row for each, and columns only for what there is', () => {
    expect(linesOf([])).toEqual([])
    expect(linesOf([interval(0), interval(1)])).toEqual([
      '',
      '  interval  round trips/s     p50     p99  max/mean',
      ' 0.0–1.0 s          1,000  312 µs  1.1 ms      1.02',
      ' 1.0–2.0 s          1,000  312 µs  1.1 ms      1.02',
    ])
    expect(linesOf([interval(0), interval(1), HURT], 120).at(-1)).toBe(
      ' 2.0–3.0 s            700  312 µs  1.1 ms      1.02      120       300  kill 1, member 0.1 silent, the front died',
    )
  })

  it('has of many those that stand out, and the course of all', () => {
    const many = Array.from({ length: 300 }, (_, second) => interval(second))
    many[70] = { ...HURT, fromNs: 70e9, toNs: 71e9 }
    many[120] = interval(120, { latency: { service: sampleLatency(1000, 5_000_000) } })
    many[200] = interval(200, { maxOverMean: 1.8 })
    expect(rowsShown(many, 20).map(({ fromNs }) => fromNs / SECOND)).toEqual([0, 70, 120, 200, 299])
    const text = linesOf(many, 80)
    expect(text.filter((line) => /^ +\d+\.\d–/.test(line))).toHaveLength(5)
    expect(text.join('\n')).toContain('700/s to 1,000/s')
    expect(text.join(' ').replaceAll(/ +/g, ' ')).toContain('5 of 300 above')
    for (const columns of [40, 60, 80, 120])
      for (const line of linesOf(many, columns)) expect(line.length).toBeLessThanOrEqual(columns)
    // However many changes there were.
    expect(
      rowsShown(
        many.map((one) => ({ ...one, marks: HURT.marks })),
        20,
      ),
    ).toHaveLength(20)
  })

  it('draws the worst of what a bar stands for', () => {
    expect(spark([8, 8, 8, 0, 8, 4], 3, Math.min)).toBe('█▁▅')
    expect(spark([1, 1, 7], 8, Math.max)).toBe('▂▂█')
    expect(spark([0, 0], 8, Math.max)).toBe('▁▁')
  })
})

describe('the CSV of intervals', () => {
  it('has a row for each, and columns for each life of a member', () => {
    const joined = interval(3, { members: [{ member: 1, generation: 1, taken: 7 }] })
    const [first, hurt, last] = rows(intervalsCsv([{ intervals: [interval(0), HURT, joined] }]))
    expect(first).toMatchObject({
      'from ns': '0',
      'to ns': '1000000000',
      phase: 'load',
      'round trips per second': '1000',
      'taken 0': '510',
      'taken 1': '490',
      'taken 1.1': '',
      'service p99 ns': '1101360',
      'response p99 ns': '',
    })
    expect(hurt).toMatchObject({
      drops: '120',
      'given up': '300',
      marks: 'kill 1, member 0.1 silent, the front died',
    })
    expect(last).toMatchObject({ 'taken 0': '', 'taken 1.1': '7', 'drops 1.1': '' })
    expect(first).not.toHaveProperty('repetition')
  })

  it('says of which repetition each is', () => {
    const csv = intervalsCsv([
      { repetition: 0, intervals: [interval(0)] },
      { repetition: 1 },
      { repetition: 2, intervals: [interval(0), interval(1)] },
    ])
    expect(rows(csv).map(({ repetition }) => repetition)).toEqual(['0', '2', '2'])
  })
})
