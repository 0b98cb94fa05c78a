import { describe, expect, it } from 'vitest'
import { judgeThreshold } from '../../src/metrics/judge.js'
import { judgeResult } from '../../src/metrics/judged.js'
import type { Measured } from '../../src/metrics/measured.js'
import { parseThreshold, refuseUnmeasured, type Judgeable } from '../../src/plan/thresholds.js'
import { renderRunText } from '../../src/report/run/text.js'
import { runResult } from '../../src/result/run-result.js'
import { refusalOf } from './refusal-of.js'
import { sampleChurn } from './sample-churn.js'
import { INVALID, sampleClaims } from './sample-claims.js'
import { sampleLatency, sampleResult } from './sample-result.js'
import { sampleRun, sampleSweep, sampleSweepPlan } from './sample-sweep.js'

const FLAG = '--threshold'
const parse = (text: string) => parseThreshold(text, FLAG)
const judge = (text: string, ...results: Measured[]) => judgeThreshold(parse(text), results)

describe('a threshold', () => {
  it.each([
    ['latency.response.p99<2ms', 'latency.response.p99', '<', 2e6],
    ['balance.maxOverMean<1.10', 'balance.maxOverMean', '<', 1.1],
    ['balance.pValue>1e-4', 'balance.pValue', '>', 1e-4],
    ['loss.share<0.1%', 'loss.share', '<', 0.001],
    [' books.unexplained == 0 ', 'books.unexplained', '==', 0],
    ['rate.roundTrips>=20k/s', 'rate.roundTrips', '>=', 20_000],
    ['memory.client<=64M', 'memory.client', '<=', 64 * 2 ** 20],
    ['latency.service.p99.9<5ms', 'latency.service.p99.9', '<', 5e6],
  ])('such as %s is a metric, an operator and a limit', (text, metric, operator, limit) =>
    expect(parse(text)).toMatchObject({ metric, operator, limit }),
  )

  it.each([
    ['', /'' is not a threshold: write a metric, one of < <= > >= == and a limit, such as '/],
    ['latency.response.p99', /is not a threshold/],
    ['latency.response.p99=2ms', /is not a threshold/],
    ['latency.respones.p99<2ms', /no metric latency\.respones\.p99; did you mean latency\.response\.p99\?/],
    ['p99<2ms', /did you mean latency\.response\.p99\?/],
    ['latency.response.p99<2', /--threshold latency\.response\.p99 '2' has no unit/],
    ['latency.response.p99<2%', /'2%' is not a duration/],
    ['loss.share<2ms', /'2ms' is not a share/],
    ['balance.maxOverMean<10ms', /'10ms' is not a number: write it without a unit/],
    ['books.lost<1.5', /is not a whole number/],
    ['latency.response.p99==2ms', /== is for counts and shares/],
    ['loss.share<0', /can never hold: write another limit, or loss\.share==0/],
    ['loss.share<=0', /can never be shown: write another limit, or loss\.share==0/],
    ['loss.share<=100%', /always holds/],
    ['books.lost>=0', /always holds/],
  ])('such as "%s" is refused with a sentence', (text, sentence) =>
    expect(refusalOf(() => parse(text))).toMatch(sentence),
  )

  const ALL: Judgeable = {
    command: 'run',
    openLoop: true,
    byFlow: true,
    observeHash: true,
    search: false,
    connections: true,
    dns: true,
    http: true,
  }
  it.each<[string, Partial<Judgeable>, RegExp]>([
    [
      'latency.response.p99<2ms',
      { openLoop: false },
      /is measured in an open loop only: give --rate, or limit latency\.service\.p99/,
    ],
    ['latency.connect.p99<2ms', { connections: false }, /is of connections: give --protocol tcp/],
    ['dns.errorShare<1%', { dns: false }, /is of a server of DNS: give --target and --protocol dns/],
    ['http.errorShare<1%', { http: false }, /is of a server of HTTP: give --target and --protocol http/],
    ['balance.cv<0.1', { byFlow: false }, /flows that have a member of their own/],
    ['hash.elsewhere==0', { observeHash: false }, /needs --observe-hash/],
    ['capacity.rate>1k', { command: 'sweep' }, /is what a search finds: give --find/],
    ['loss.share<1%', { command: 'sweep', search: true }, /limit capacity\.rate, or leave out --find/],
    ['changes.movedShare<1%', {}, /run does not measure changes\.movedShare, which is of churn, verify/],
    ['balance.cv<0.1', { command: 'churn' }, /churn does not measure balance\.cv/],
  ])('for %s is refused where it cannot be measured', (text, without, sentence) => {
    expect(refusalOf(() => refuseUnmeasured([parse(text)], { ...ALL, ...without }, FLAG))).toMatch(sentence)
  })

  it('for what can be measured is not', () =>
    expect(() => refuseUnmeasured([parse('latency.response.p99<2ms')], ALL, FLAG)).not.toThrow())
})

const service = (count: number, lowNs: number, highNs?: number): Measured => {
  const bounds = { lowNs, ...(highNs !== undefined && { highNs }) }
  return {
    latency: {
      service: {
        ...sampleLatency(count, 400_000),
        confidence: { p50Ns: bounds, p90Ns: bounds, p99Ns: bounds, p999Ns: bounds },
      },
    },
  }
}

describe('the outcome of a threshold', () => {
  it('is pass or fail where all that the figure can stand for is on one side', () => {
    const run = service(100_000, 1_300_000, 1_500_000)
    expect(judge('latency.service.p99<2ms', run)).toEqual({
      expression: 'latency.service.p99<2ms',
      metric: 'latency.service.p99',
      operator: '<',
      limit: 2e6,
      unit: 'ns',
      outcome: 'pass',
      observed: 1_412_000,
      n: 100_000,
      of: 'requests',
      low: 1_300_000,
      high: 1_500_000,
      results: 1,
    })
    expect(judge('latency.service.p99<1ms', run)).toMatchObject({ outcome: 'fail', observed: 1_412_000 })
    expect(judge('latency.service.p99>1ms', run)).toMatchObject({ outcome: 'pass' })
    expect(judge('latency.service.p99>2ms', run)).toMatchObject({ outcome: 'fail' })
  })

  it('cannot be told where the limit is between the bounds, and says how many would tell', () =>
    expect(judge('latency.service.p99<1450us', service(100_000, 1_300_000, 1_500_000))).toMatchObject({
      outcome: 'cannot tell',
      reason:
        'with 99 % confidence it lies between 1.3 ms and 1.5 ms, which holds the limit; about 540,000 requests would tell',
    }))

  it('cannot be told of p99.9 of 2,000 requests, however low it is; but fails where it is high enough', () => {
    const run = service(2000, 2_000_000)
    expect(judge('latency.service.p99.9<1s', run)).toMatchObject({
      outcome: 'cannot tell',
      reason: '2,000 requests are too few for p99.9: with 10 beyond it, it takes 10,000',
    })
    expect(judge('latency.service.p99.9<1ms', run)).toMatchObject({ outcome: 'fail' })
  })

  it.each([
    ['balance.maxOverMean<1.10', 1000, 'cannot tell'],
    ['balance.maxOverMean<1.10', 10_000, 'pass'],
    ['balance.pValue>1e-4', 1000, 'cannot tell'],
    ['balance.pValue>1e-4', 20_000, 'pass'],
  ])('of %s with %i flows over 4 members is: %s %s', (text, flows, outcome) => {
    const balance = { ...sampleResult().balance!, flows }
    expect(judge(text, { balance })).toMatchObject({ outcome, n: flows, of: 'flows' })
  })

  it.each([
    ['balance.maxOverMean<1.10', { maxOverMean: 1.5 }],
    ['balance.minOverMean>0.9', { minOverMean: 0.5 }],
    ['balance.cv<0.05', { cv: 0.3 }],
    ['balance.pValue>1e-4', { pValue: 1e-9 }],
  ])('of %s fails of 1,000 flows where the skew is great', (text, skew) => {
    const balance = { ...sampleResult().balance!, flows: 1000, ...skew }
    expect(judge(text, { balance })).toMatchObject({ outcome: 'fail' })
  })

  it('cannot be told of a balance that is not known', () => {
    const balance = { ...sampleResult().balance!, verdict: 'unknown' as const }
    expect(judge('balance.maxOverMean<2', { balance })).toMatchObject({
      outcome: 'cannot tell',
      reason: expect.stringContaining('too many flows were lost') as string,
    })
  })

  it.each([
    [100, 0, 'cannot tell'],
    [10_000, 0, 'pass'],
    [10_000, 100, 'fail'],
  ])('of a loss below 0.1 %% with %i requests, %i of them lost, is %s', (sent, lost, outcome) =>
    expect(judge('loss.share<0.1%', { books: { sent, unsent: 0, lost, late: 0 } })).toMatchObject({
      outcome,
    }),
  )

  it('of a count, or of none lost at all, is what was counted', () => {
    expect(judge('books.unexplained==0', losing(0))).toMatchObject({ outcome: 'pass', observed: 0, n: 100 })
    expect(judge('books.unexplained==0', losing(1))).toMatchObject({ outcome: 'fail', observed: 1 })
    expect(judge('loss.share==0', losing(0))).toMatchObject({ outcome: 'pass' })
    expect(judge('loss.share==0', losing(1))).toMatchObject({ outcome: 'fail' })
  })

  it('fails of a percentile when more than its share got no reply', () => {
    const run = { ...service(98_000, 1, 2), books: { sent: 100_000, unsent: 0, lost: 2000, late: 0 } }
    expect(judge('latency.service.p99<1s', run)).toMatchObject({
      outcome: 'fail',
      reason: expect.stringContaining('2 % of the requests got no reply in time') as string,
    })
  })

  it('is not measured where the metric is not defined', () =>
    expect(judge('latency.response.p99<2ms', {})).toMatchObject({
      outcome: 'not measured',
      results: 0,
      reason: expect.stringContaining('not defined here') as string,
    }))

  it('cannot be told of a run that is no valid measurement, whatever it says', () =>
    expect(judge('books.unexplained==0', sampleResult(INVALID))).toMatchObject({
      outcome: 'cannot tell',
      observed: 0,
      reason: 'no valid measurement',
    }))
})

const losing = (lost: number): Measured => ({
  books: { sent: 100, unsent: 0, lost, late: 0, unexplained: lost },
})

const lost = (...counts: number[]): Measured[] =>
  counts.map((count) => ({ books: { sent: 1000, unsent: 0, lost: count } }))

describe('of several results a threshold', () => {
  const under = parse('books.lost<10')

  it('holds on the median, on all or on any of them', () => {
    const runs = lost(1, 2, 50)
    expect(judgeThreshold(under, runs)).toMatchObject({ outcome: 'pass', observed: 2, n: 3000, results: 3 })
    expect(judgeThreshold({ ...under, on: 'all' }, runs)).toMatchObject({ outcome: 'fail', aggregate: 'all' })
    expect(judgeThreshold({ ...under, on: 'median' }, lost(50, 60, 1))).toMatchObject({ outcome: 'fail' })
    expect(judgeThreshold({ ...under, on: 'any' }, lost(50, 60, 1))).toMatchObject({ outcome: 'pass' })
    expect(judgeThreshold({ ...under, on: 'any' }, lost(50, 60))).toMatchObject({ outcome: 'fail' })
  })

  it('cannot be told where the median can be on either side', () => {
    const runs = [service(1e5, 1, 3), service(1e5, 1, 3), service(1e5, 9, 9)]
    expect(judgeThreshold(parse('latency.service.p50<2ns'), runs)).toMatchObject({ outcome: 'cannot tell' })
    expect(judgeThreshold(parse('latency.service.p50<4ns'), runs)).toMatchObject({ outcome: 'pass' })
    expect(judgeThreshold({ ...parse('latency.service.p50<4ns'), on: 'all' }, runs)).toMatchObject({
      outcome: 'fail',
    })
  })

  it('leaves out those that are no valid measurement', () =>
    expect(
      judgeThreshold(under, [...lost(1), { ...lost(99)[0], validity: { verdict: 'invalid' } }]),
    ).toMatchObject({ outcome: 'pass', results: 1 }))
})

describe('a result', () => {
  it('of each kind is held against what it has', () => {
    const plan = sampleSweepPlan([{ flag: 'procs', values: ['2', '4'] }], 1)
    const runs = plan.points.map(({ index, flags }) =>
      sampleRun({ point: index, flags, roundTripsPerSecond: index === 0 ? 9000 : 11_000 }),
    )
    expect(judgeResult(sampleSweep({ plan }, runs), [parse('rate.roundTrips>10k')])).toMatchObject([
      { outcome: 'fail', observed: 9000, point: { procs: '2' } },
      { outcome: 'pass', observed: 11_000, point: { procs: '4' } },
    ])
    expect(judgeResult(sampleChurn(), [parse('changes.movedShare<80%')])).toMatchObject([{ outcome: 'pass' }])
    expect(judgeResult(sampleClaims(), [parse('balance.maxOverMean<1.2')])).toMatchObject([
      { outcome: 'pass', results: 8, aggregate: 'median', n: 80_000 },
    ])
  })

  it('keeps its outcomes in JSON and shows them in text, in any width', () => {
    const texts = [
      'latency.service.p99<2ms',
      'loss.share<0.1%',
      'latency.service.p99.9<1us',
      'hash.elsewhere==0',
    ]
    const result = sampleResult()
    const judged = { ...result, thresholds: judgeResult(result, texts.map(parse)) }
    expect(runResult.parse(JSON.parse(JSON.stringify(judged))).thresholds).toEqual(judged.thresholds)
    for (const columns of [40, 120]) {
      const text = renderRunText(judged, { columns, color: false })
      expect(text.replaceAll(/\s+/g, ' ')).toContain(
        'limits pass latency.service.p99 < 2 ms · 1.101 ms · 750,000 requests',
      )
      expect(text).toContain('not measured')
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
    }
  })
})
