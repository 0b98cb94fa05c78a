import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { assembleRepeat } from '../../src/assembly/repeat.js'
import { judgeResult } from '../../src/metrics/judged.js'
import { METRIC_NAMES, metricRow } from '../../src/plan/metrics/table.js'
import { parseThreshold } from '../../src/plan/thresholds.js'
import type { Reported } from '../../src/report/formats/format.js'
import { subjectsOf } from '../../src/report/formats/subject.js'
import { FORMAT_NAMES, formatRow, type FormatName } from '../../src/report/formats/table.js'
import type { RepeatResult } from '../../src/result/repeat-result.js'
import type { RunResult } from '../../src/result/run-result.js'
import { kindOf, type SavedResult } from '../../src/result/saved-result.js'
import { sampleChurn } from './sample-churn.js'
import { INVALID, sampleClaims } from './sample-claims.js'
import { sampleMember, sampleResult } from './sample-result.js'
import { sampleSweep } from './sample-sweep.js'

const OPTIONS = { columns: 100, color: false }
/** What a user may put into a label or a file's name, and each format has a meaning for. */
const NASTY = '=1+1,"<b>&amp;]]>|`**x**`\u{1B}[31m\u{0}\n```\u{FFFF}'
const READER = fileURLToPath(new URL('junit.py', import.meta.url))

const of = (...results: SavedResult[]): Reported[] =>
  results.map((result, i) => ({ file: `results/${i}.json`, result }))
const render = (format: FormatName, ...results: SavedResult[]): Promise<string> =>
  formatRow(format).render(of(...results), OPTIONS)
const limited = <Result extends RunResult | RepeatResult>(result: Result, ...texts: string[]): Result => ({
  ...result,
  thresholds: judgeResult(
    result,
    texts.map((text) => parseThreshold(text, '--threshold')),
  ),
})

function repeated(count: number, make: (i: number) => RunResult): RepeatResult {
  const runs = Array.from({ length: count }, (_, i) => make(i))
  const [{ host, plan, startedAt }] = runs as [RunResult]
  return assembleRepeat(
    {
      toolVersion: '0.1.0',
      host,
      supplied: { procs: '4', repeat: String(count) },
      startedAt,
      durationNs: 5e9 * count,
      interrupted: false,
      of: 'run',
      repeat: count,
      effective: plan.effective,
      independentRepetitions: undefined,
    },
    runs.map((run, index) => ({ index, seed: index, wallNs: 5e9, run })),
  )
}

const rated = (roundTripsPerSecond: number): RunResult => ({
  ...sampleResult(),
  throughput: { ...sampleResult().throughput, roundTripsPerSecond },
})

const namesOf = (...results: SavedResult[]) => subjectsOf(of(...results)).map(({ name }) => name)

describe('what figures are of', () => {
  it('has the name of its label, or of the flags it was made with, whenever it was measured', () => {
    const plan = {
      ...sampleResult().plan,
      supplied: { procs: '4', rate: '20k', 'observe-hash': 'true', seed: '7' },
    }
    expect(namesOf({ ...sampleResult(), plan })).toEqual(['rpbench run --procs 4 --rate 20k --observe-hash'])
    expect(namesOf({ ...sampleResult(), label: 'mine' })).toEqual(['mine'])
    expect(namesOf(repeated(3, () => sampleResult()))).toEqual(['rpbench run --procs 4'])
    expect(namesOf({ ...sampleResult(), label: 'mine' }, { ...sampleResult(), label: 'mine' })).toEqual([
      'mine',
      'mine (2)',
    ])
  })

  it('is of a sweep each point', () =>
    expect(new Set(subjectsOf(of(sampleSweep())).map(({ name }) => name)).size).toBe(
      sampleSweep().points.length,
    ))

  it('has no figures of a run that is no measurement', () =>
    expect(subjectsOf(of({ ...sampleResult(), ...INVALID }))).toMatchObject([{ figures: [] }]))
})

describe('every format', () => {
  const results: SavedResult[] = [
    sampleResult(),
    sampleChurn(),
    sampleSweep(),
    sampleClaims(),
    repeated(3, rated),
  ]
  it.each(FORMAT_NAMES)('%s says something of each kind that it takes, without holes', async (format) => {
    for (const result of results.filter((one) => formatRow(format).takes.includes(kindOf(one)!))) {
      const text = await render(format, result)
      expect(text).not.toMatch(/undefined|NaN|\[object|Infinity/)
      expect(text.length).toBeGreaterThan(100)
    }
  })
})

describe('github-action-benchmark', () => {
  type Entry = { name: string; unit: string; value: number; range?: string; extra?: string }
  const entries = async (better: 'bigger' | 'smaller', ...results: SavedResult[]): Promise<Entry[]> =>
    JSON.parse(await render(`github-action-benchmark-${better}`, ...results)) as Entry[]
  const metricIn = ({ name }: Entry) =>
    name.slice(name.lastIndexOf(': ') + 2) as (typeof METRIC_NAMES)[number]
  const rate = (all: Entry[]) => all.find((entry) => metricIn(entry) === 'rate.roundTrips')

  it.each([
    ['bigger', 'higher'],
    ['smaller', 'lower'],
  ] as const)('%s has the metrics of which more is so, none of them good at 0', async (better, direction) => {
    const all = await entries(better, sampleResult(), sampleChurn())
    expect(all.length).toBeGreaterThan(2)
    for (const entry of all) {
      expect(metricRow(metricIn(entry))).toMatchObject({ better: direction })
      expect(metricRow(metricIn(entry)).best).toBeUndefined()
      expect(entry.value).toBeGreaterThan(0)
      // The names, and no other, that the action reads of an entry.
      expect(
        Object.keys(entry).filter((key) => !['name', 'unit', 'value', 'range', 'extra'].includes(key)),
      ).toEqual([])
      expect(entry.range).toBeUndefined()
    }
  })

  it('has the range of repetitions, or the interval of their median where they are enough', async () => {
    const few = await entries(
      'bigger',
      repeated(3, (i) => rated(1000 + 100 * i)),
    )
    expect(rate(few)).toMatchObject({ value: 1100, unit: '1/s', range: '± 100' })
    const many = await entries(
      'bigger',
      repeated(10, (i) => rated(1000 + 100 * i)),
    )
    // Of ten, the second and the ninth hold the median in 97.9 % of cases (David and Nagaraja, table of 7.1).
    expect(rate(many)).toMatchObject({ value: 1450, range: '± 350' })
  })
})

it('every share and count, and what a fair hash would have at none, is marked as best at 0', () => {
  const marked = METRIC_NAMES.filter((name) => metricRow(name).best === 0)
  const expected = METRIC_NAMES.filter(
    (name) => ['share', 'count'].includes(metricRow(name).unit) || name.endsWith('.cv'),
  )
  expect(marked).toEqual(expected)
})

describe('Bencher Metric Format', () => {
  it('has measures with a value, and bounds where there are repetitions', async () => {
    const value = JSON.parse(
      await render(
        'bencher',
        repeated(3, (i) => rated(1000 + 100 * i)),
      ),
    ) as Record<string, Record<string, unknown>>
    expect(value['rpbench run --procs 4']!['rate.roundTrips']).toEqual({
      value: 1100,
      lower_value: 1000,
      upper_value: 1200,
    })
    const measures = Object.values(value).flatMap((one) => Object.keys(one))
    expect(measures.filter((name) => name.length > 64)).toEqual([])
  })

  it('cuts a name that is longer than it takes', async () =>
    expect(
      Object.keys(
        JSON.parse(await render('bencher', { ...sampleResult(), label: 'x'.repeat(2000) })) as object,
      ),
    ).toEqual(['x'.repeat(1024)]))
})

describe('CSV', () => {
  it('has a row for each metric, and no formula', async () => {
    const text = await render('csv', { ...rated(1234.5), label: NASTY })
    expect(text).toContain(',run,rate.roundTrips,1/s,higher,1,1234.5,1234.5,1234.5,,\n')
    expect(text).not.toMatch(/^=|^"=/m)
  })
})

const python = spawnSync('python3', ['--version']).status === 0

interface Node {
  name: string
  attributes: Record<string, string>
  text: string
  children: Node[]
}

function read(xml: string): Node {
  const { stdout, stderr, status } = spawnSync('python3', [READER], { input: xml, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout) as Node
}

describe.runIf(python)('JUnit XML', () => {
  it('has a test case for each threshold and claim, with limit and observed value in the body alone', async () => {
    const result = limited(
      repeated(3, rated),
      'rate.roundTrips>1k/s',
      'balance.maxOverMean<1.0001',
      'latency.service.p99.9<1h',
      'latency.response.p99<2ms',
    )
    const root = read(await render('junit', result))
    expect(root).toMatchObject({ name: 'testsuites', attributes: { tests: '7', failures: '1', errors: '2' } })
    const [suite] = root.children
    expect(suite).toMatchObject({
      name: 'testsuite',
      attributes: { name: 'rpbench run --procs 4', skipped: '0' },
    })
    const cases = suite!.children.filter(({ name }) => name === 'testcase')
    expect(cases.map(({ attributes, children }) => [attributes['name'], children[0]!.name])).toEqual([
      ['measurement: measurements are valid', 'system-out'],
      ['claim: affinity', 'system-out'],
      ['claim: balance', 'system-out'],
      ['threshold: rate.roundTrips above its limit', 'failure'],
      ['threshold: balance.maxOverMean below its limit', 'error'],
      ['threshold: latency.service.p99.9 below its limit', 'system-out'],
      ['threshold: latency.response.p99 below its limit', 'error'],
    ])
    expect(cases[3]!.children[0]!.text).toMatch(/rate\.roundTrips > 1,000\/s\nmedian of 3: 1\/s/)
  })

  it('counts what cannot be told, and an invalid run, as errors, and what cannot be tried as skipped', async () => {
    const { tool, host, startedAt } = sampleResult()
    const selectors = {
      schema: 'rpbench/verify@1' as const,
      tool,
      host,
      startedAt,
      cases: [{ id: 'index', outcome: 'not-possible' as const, why: 'it needs root' }],
    }
    const root = read(
      await render('junit', { ...limited({ ...sampleResult(), ...INVALID }, 'books.lost==0') }, selectors),
    )
    expect(root.children.map(({ attributes: { errors, skipped } }) => [errors, skipped])).toEqual([
      ['2', '0'],
      ['0', '1'],
    ])
  })

  it('is well-formed whatever a user puts in, and gives it back', async () => {
    const xml = await formatRow('junit').render(
      [{ file: NASTY, result: { ...sampleResult(), label: NASTY } }],
      OPTIONS,
    )
    const plain = NASTY.replaceAll(/\u{FFFF}|(?!\n)\p{Cc}/gu, '\u{FFFD}')
    expect(read(xml).children[0]!.attributes).toMatchObject({ name: plain, file: plain })
  })

  it('tells two limits of one metric apart', async () => {
    const root = read(await render('junit', limited(sampleResult(), 'books.lost<1', 'books.lost<2')))
    const names = root.children[0]!.children.map(({ attributes }) => attributes['name'])
    expect(names).toContain('threshold: books.lost below its limit (2)')
  })
})

/** A run of as many members as people have. */
const big = () => sampleResult({ members: Array.from({ length: 64 }, (_, i) => sampleMember(i, 2000 + i)) })

describe('Markdown', () => {
  it('answers in its first lines, what is bad first', async () => {
    const text = await render('markdown', limited(sampleResult(), 'books.lost==0', 'latency.service.p99<1us'))
    const [title, , summary, , head, , first] = text.split('\n')
    expect([title, summary]).toEqual(['## rpbench run --procs 4 --flows 10000', '**1 fail · 2 pass**'])
    expect(head).toBe('| outcome | of | what | observed |')
    expect(first).toMatch(/^\| fail \| threshold \| latency\.service\.p99 below its limit \|/)
  })

  it('stays below 60,000 bytes with 64 members and 40 repetitions, and with more results than fit', async () => {
    const one = await render('markdown', repeated(40, big))
    expect(Buffer.byteLength(one)).toBeLessThan(60_000)
    expect(one).not.toContain('Left out')
    const run = await render('markdown', big())
    expect(run).not.toContain('Left out')
    const many = await render('markdown', ...Array.from({ length: 300 }, big))
    expect(Buffer.byteLength(many)).toBeLessThan(60_000)
    expect(many).toMatch(/\nLeft out for their length: \d+ results and \d+ texts\.\n$/)
  })

  it('takes no markup from a user', async () => {
    const text = await formatRow('markdown').render(
      [{ file: NASTY, result: { ...sampleResult(), label: NASTY } }],
      OPTIONS,
    )
    const [title] = text.split('\n')
    expect(title).toBe('## =1+1,"&lt;b&gt;&amp;amp;\\]\\]&gt;\\|\\`\\*\\*x\\*\\*\\` \\[31m \\`\\`\\`\u{FFFF}')
    // What is in a fence is shown as it is: it is longer than any run of backticks in there.
    const [, fence, fenced = ''] = /\n(`{4,})text\n(.*)\n\1\n/s.exec(text) ?? []
    expect(fenced).toContain('<b>')
    expect(fenced).not.toContain(fence)
    expect(text.replace(fenced, '')).not.toContain('<b>')
    expect(text).not.toContain('\u{1B}')
  })
})
