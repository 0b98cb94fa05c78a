import { HistogramLogReader, listTags } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { summarise } from '../../src/analysis/latency/latency.js'
import { hdrLog } from '../../src/report/hdr-log.js'
import { hgrmOf } from '../../src/report/hgrm.js'
import { histograms as schema, type Histograms } from '../../src/result/histograms.js'
import { encodeHistogram } from '../../src/stats/hdr-encoding.js'
import { Histogram } from '../../src/stats/histogram.js'

const STARTED = '2026-11-22T10:13:01.250Z'

/** Times of member i: 1,000 of them, (i + 1) µs apart. */
function timesOf(member: number): Histogram {
  const histogram = new Histogram()
  for (let i = 1; i <= 1000; i++) histogram.record(i * (member + 1) * 1000)
  return histogram
}

function saved(histogram: Histogram) {
  const { count, min, max, sum, data } = histogram
  return { count, minNs: min, meanNs: sum / count, maxNs: max, hdr: encodeHistogram(data) }
}

function sample(kind: 'response' | 'service'): Histograms {
  const members = [0, 1, 2].map((index) => ({ index, [kind]: saved(timesOf(index)) }))
  return schema.parse({ startedAt: STARTED, members, all: {} })
}

const results = (...histograms: Histograms[]) =>
  histograms.map((one) => ({ durationNs: 2_500_000_000, histograms: one }))

/** The numbers of a distribution, a row a line. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^ *\d/.test(line))
    .map((line) => line.trim().split(/ +/).map(Number))

describe('a percentile distribution (.hgrm)', () => {
  it('says what it is of, in which unit', async () => {
    expect(await hgrmOf(results(sample('service')))).toMatch(
      /^# rpbench: service time \(closed loop[^\n]+ µs\n/,
    )
    expect(await hgrmOf(results(sample('response')))).toMatch(
      /^# rpbench: response time \(open loop[^\n]+ µs\n/,
    )
  })

  it('has the percentiles of all members together, in µs', async () => {
    const text = await hgrmOf(results(sample('response')))
    const rows = rowsOf(text)
    const all = new Histogram()
    for (const member of [0, 1, 2]) all.add(timesOf(member).data)
    const { p50Ns, p90Ns } = summarise(all)!
    const valueAt = (percentile: number) => rows.find(([, at]) => at === percentile)?.[0]
    expect(valueAt(0.5)).toBe(p50Ns / 1000)
    expect(valueAt(0.9)).toBe(p90Ns / 1000)
    expect(rows.at(-1)!.slice(1)).toEqual([1, 3000])
    // The upper end of the cell that holds 3,000 µs: 2^21 + k·2^11 − 1.
    expect(rows.at(-1)![0]).toBe(3_000.319)
    expect(text).toContain('#[Max     =     3000.000, Total count    =         3000]')
    expect(rows.map(([value]) => value)).toEqual(rows.map(([value]) => value!).toSorted((a, b) => a - b))
  })

  it('is of all repetitions together', async () => {
    const text = await hgrmOf(results(sample('service'), sample('service')))
    expect(text).toMatch(/^[^\n]+ of all members in 2 repetitions, values in µs\n/)
    expect(rowsOf(text).at(-1)!.slice(1)).toEqual([1, 6000])
  })

  it('without any reply says so', async () =>
    expect(await hgrmOf([{ durationNs: 0 }])).toBe('# rpbench: no reply came in time\n'))
})

describe('a histogram log', () => {
  it('has a line for each member, with its tag, over the measured phase', () => {
    const text = hdrLog('0.1.0', results(sample('response')))
    expect(listTags(text)).toEqual(['member-0', 'member-1', 'member-2'])
    const reader = new HistogramLogReader(text, 64)
    for (const member of [0, 1, 2]) {
      const read = reader.nextIntervalHistogram()!
      expect(read).toMatchObject({
        tag: `member-${member}`,
        totalCount: 1000,
        startTimeStampMsec: Date.parse(STARTED),
        endTimeStampMsec: Date.parse(STARTED) + 2500,
      })
      expect(read.getValueAtPercentile(50)).toBe(timesOf(member).quantiles([0.5])[0])
    }
    expect(reader.nextIntervalHistogram()).toBeNull()
  })

  it('has the exact maximum of each, in ms', () =>
    expect(hdrLog('0.1.0', results(sample('service')))).toContain('\nTag=member-1,0.000,2.500,2.000,HISTF'))

  it('has the lines of each repetition at its time', () => {
    const later = { ...sample('service'), startedAt: '2026-11-22T10:13:11.500Z' }
    const intervals = hdrLog('0.1.0', results(sample('service'), later))
      .split('\n')
      .filter((line) => line.startsWith('Tag='))
      .map((line) => line.split(',').slice(0, 3).join(' '))
    expect(intervals).toEqual(
      ['0.000', '10.250'].flatMap((start) => [0, 1, 2].map((i) => `Tag=member-${i} ${start} 2.500`)),
    )
  })

  it('without any reply has no line', () =>
    expect(
      hdrLog('0.1.0', [{ durationNs: 0 }])
        .split('\n')
        .filter((line) => !/^[#"]/.test(line)),
    ).toEqual(['']))
})
