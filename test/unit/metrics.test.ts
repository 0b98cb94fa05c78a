import { describe, expect, it } from 'vitest'
import { measuredAtPoint, measuredOf, measuredOfClaims, type Measured } from '../../src/metrics/measured.js'
import { readMetric } from '../../src/metrics/readers.js'
import { boundsOf } from '../../src/metrics/reading.js'
import { METRIC_NAMES, metricsOf, nearestName, type MetricName } from '../../src/plan/metrics/table.js'
import { MEASURING_COMMANDS } from '../../src/plan/metrics/row.js'
import { renderMetricsText } from '../../src/report/metrics/text.js'
import { sampleChange, sampleChurn, sampleRemoval, sampleStall } from './sample-churn.js'
import { sampleClaims, sampleImbalance } from './sample-claims.js'
import { sampleLatency, sampleMember, sampleResult } from './sample-result.js'
import { sampleRun, sampleSweep, sampleSweepPlan } from './sample-sweep.js'

/** A run with everything that a run can have. */
const RUN = measuredOf(
  sampleResult({
    members: [2491, 2533, 2478, 2498].map((flows, index) =>
      sampleMember(index, flows, {
        replies: [100, 200, 300, 200][index]!,
        residentBytes: 40e6 + index,
        latency: {
          service: sampleLatency(10_000, 300_000 + index),
          response: sampleLatency(10_000, 400_000 + index),
        },
      }),
    ),
    latency: {
      service: sampleLatency(100_000, 300_000),
      response: sampleLatency(100_000, 400_000),
      connect: sampleLatency(2000, 50_000),
    },
    legs: {
      request: sampleLatency(100_000, 10_000),
      queue: sampleLatency(100_000, 20_000),
      server: sampleLatency(100_000, 30_000),
      reply: sampleLatency(100_000, 40_000),
    },
    schedule: { rateHz: 20_000, arrivals: 'constant', lag: sampleLatency(100_000, 5000) },
    throughput: {
      roundTripsPerSecond: 19_000,
      offeredPerSecond: 20_000,
      achievedPerSecond: 19_500,
      connectionsPerSecond: 400,
      cpuPerRoundTripNs: { client: 5800, members: 4700 },
    },
    books: {
      ...sampleResult().books,
      sent: 99_000,
      unsent: 1000,
      replied: 98_500,
      lost: 400,
      late: 100,
      droppedAtMembers: 390,
      droppedAtClient: 10,
      duplicates: 3,
      reordered: 4,
      unexplained: 5,
    },
    affinity: { flows: 10_000, moved: 2, unanswered: 7, unasked: 3, violations: [] },
    connections: {
      opened: 2008,
      established: 2000,
      refused: 2,
      timedOut: 1,
      failed: 4,
      unfinished: 1,
      closed: 1992,
      resetByServer: 3,
      closedByServer: 5,
      unwritten: 8,
      cut: 3,
    },
    answers: {
      rcodes: [
        { rcode: 'NOERROR', count: 600 },
        { rcode: 'NXDOMAIN', count: 200 },
        { rcode: 'SERVFAIL', count: 150 },
        { rcode: 'REFUSED', count: 50 },
      ],
      truncated: 0,
      questions: 1,
    },
    statuses: [
      { status: 200, count: 700 },
      { status: 304, count: 200 },
      { status: 404, count: 60 },
      { status: 503, count: 40 },
    ],
    hash: { observed: 9990, predicted: 9984 },
    imbalance: sampleImbalance([1, 0.9, 1, 1]),
    clientResidentBytes: 90e6,
  }),
)

/** 4 → 5 → 4 members, and one that stands still. */
const CHURN = measuredOf(sampleChurn({ changes: [sampleChange(), sampleRemoval(), sampleStall()] }))

const SEARCH: Measured = {
  capacity: { point: 0, flags: {}, regular: true, lowerHz: 48_000, upperHz: 50_000, trials: 17 },
}

/** Read from the samples by hand: a median of 300 µs has a p99 of 3.53 times it, and so on (sample-result.ts). */
const EXPECTED: Readonly<Record<MetricName, [source: Measured, value: number, n: number, of: string]>> = {
  'latency.response.mean': [RUN, 451_200, 100_000, 'requests'],
  'latency.response.p50': [RUN, 400_000, 100_000, 'requests'],
  'latency.response.p90': [RUN, 820_000, 100_000, 'requests'],
  'latency.response.p99': [RUN, 1_412_000, 100_000, 'requests'],
  'latency.response.p99.9': [RUN, 3_080_000, 100_000, 'requests'],
  'latency.response.max': [RUN, 6_388_000, 100_000, 'requests'],
  'latency.response.p99.worstMember': [RUN, 1_412_011, 10_000, 'requests'],
  'latency.service.mean': [RUN, 338_400, 100_000, 'requests'],
  'latency.service.p50': [RUN, 300_000, 100_000, 'requests'],
  'latency.service.p90': [RUN, 615_000, 100_000, 'requests'],
  'latency.service.p99': [RUN, 1_059_000, 100_000, 'requests'],
  'latency.service.p99.9': [RUN, 2_310_000, 100_000, 'requests'],
  'latency.service.max': [RUN, 4_791_000, 100_000, 'requests'],
  'latency.service.p99.worstMember': [RUN, 1_059_011, 10_000, 'requests'],
  'latency.connect.mean': [RUN, 56_400, 2000, 'connections'],
  'latency.connect.p50': [RUN, 50_000, 2000, 'connections'],
  'latency.connect.p90': [RUN, 102_500, 2000, 'connections'],
  'latency.connect.p99': [RUN, 176_500, 2000, 'connections'],
  'latency.connect.p99.9': [RUN, 385_000, 2000, 'connections'],
  'latency.connect.max': [RUN, 798_500, 2000, 'connections'],
  'leg.request.mean': [RUN, 11_280, 100_000, 'requests'],
  'leg.request.p99': [RUN, 35_300, 100_000, 'requests'],
  'leg.queue.mean': [RUN, 22_560, 100_000, 'requests'],
  'leg.queue.p99': [RUN, 70_600, 100_000, 'requests'],
  'leg.server.mean': [RUN, 33_840, 100_000, 'requests'],
  'leg.server.p99': [RUN, 105_900, 100_000, 'requests'],
  'leg.reply.mean': [RUN, 45_120, 100_000, 'requests'],
  'leg.reply.p99': [RUN, 141_200, 100_000, 'requests'],
  'lag.p99': [RUN, 17_650, 100_000, 'requests'],
  'loss.share': [RUN, 0.005, 100_000, 'requests'],
  // Members answer 40 %, 36 %, 40 % and 40 % of the quarter of what was taken, dropped and left: 750,000 + 390.
  'loss.share.worstMember': [RUN, 0.64, 187_598, 'requests'],
  'books.lost': [RUN, 400, 100_000, 'requests'],
  'books.late': [RUN, 100, 100_000, 'requests'],
  'books.unsent': [RUN, 1000, 100_000, 'requests'],
  'books.droppedAtMembers': [RUN, 390, 100_000, 'requests'],
  'books.droppedAtClient': [RUN, 10, 100_000, 'requests'],
  'books.duplicates': [RUN, 3, 100_000, 'requests'],
  'books.reordered': [RUN, 4, 100_000, 'requests'],
  'books.unexplained': [RUN, 5, 100_000, 'requests'],
  'rate.roundTrips': [RUN, 19_000, 100_000, 'requests'],
  'rate.connections': [RUN, 400, 2008, 'connections'],
  // 2 refused, 1 timed out, 4 failed, 1 unfinished; 3 reset, 5 closed by the server.
  'connections.failedShare': [RUN, 16 / 2008, 2008, 'connections'],
  // 150 SERVFAIL and 50 REFUSED; 60 of 404 and 40 of 503.
  'dns.errorShare': [RUN, 0.2, 1000, 'requests'],
  'http.errorShare': [RUN, 0.1, 1000, 'requests'],
  'http.serverErrorShare': [RUN, 0.04, 1000, 'requests'],
  'rate.achieved': [RUN, 19_500, 100_000, 'requests'],
  'rate.achievedShare': [RUN, 0.975, 100_000, 'requests'],
  'cpu.client': [RUN, 5800, 98_500, 'requests'],
  'cpu.members': [RUN, 4700, 98_500, 'requests'],
  'memory.client': [RUN, 90e6, 4, 'members'],
  'memory.worstMember': [RUN, 40e6 + 3, 4, 'members'],
  'startup.group': [RUN, 120e6, 4, 'members'],
  'capacity.rate': [SEARCH, 48_000, 17, 'trials'],
  'balance.maxOverMean': [RUN, 1.0132, 10_000, 'flows'],
  'balance.minOverMean': [RUN, 0.9912, 10_000, 'flows'],
  'balance.cv': [RUN, 0.00814, 10_000, 'flows'],
  'balance.pValue': [RUN, 0.8819, 10_000, 'flows'],
  // 300 of 800 replies over a mean of 200.
  'delivery.maxOverMean': [RUN, 1.5, 98_500, 'requests'],
  'delivery.shortfall': [RUN, 0.1, 98_500, 'requests'],
  'taken.cv': [RUN, 0.00814, 750_000, 'requests'],
  'affinity.moved': [RUN, 2, 9990, 'flows'],
  'affinity.unanswered': [RUN, 7, 9997, 'flows'],
  'hash.elsewhere': [RUN, 6, 9990, 'flows'],
  'changes.movedShare': [CHURN, 1385 / 2000, 2000, 'flows'],
  'changes.collateralShare': [CHURN, 982 / 2000, 2000, 'flows'],
  'changes.excessShare': [CHURN, 1385 / 2000 - 0.2, 2000, 'flows'],
  'changes.darkShare': [CHURN, 0.25, 2000, 'flows'],
  'changes.lost': [CHURN, 1741, 5500, 'flows'],
  'changes.settled': [CHURN, 1_250_000, 5500, 'flows'],
  'changes.p99': [CHURN, 706_000, 5000, 'requests'],
  'changes.differing': [CHURN, 0, 3, 'changes'],
}

describe('a metric', () => {
  it.each(Object.entries(EXPECTED))('such as %s is what the result says', (name, [source, value, n, of]) => {
    const reading = readMetric(name as MetricName, source)
    expect(reading).toMatchObject({ n, of })
    expect(reading?.value).toBeCloseTo(value, 9)
    const { low, high } = boundsOf(reading!, value)
    // 0.5 % got no reply, so that these lie beyond every limit; and what chance adds to a coefficient of variation is not behind it.
    const lies =
      name === 'balance.cv' || /^latency.*(p99\.9|max)$/.test(name)
        ? 'elsewhere'
        : low <= reading!.value && reading!.value <= high && 'between'
    expect(lies).not.toBe(false)
  })

  it.each(METRIC_NAMES)('such as %s is not defined where nothing was measured', (name) => {
    expect(readMetric(name, {})).toBeUndefined()
    const nothing = { ...sampleResult().books, sent: 0, unsent: 0, replied: 0 }
    expect(
      readMetric(name, { books: nothing, throughput: { roundTripsPerSecond: 0, achievedPerSecond: 0 } }),
    ).toBeUndefined()
  })

  it('is found by what is spelt most like it', () => {
    expect(nearestName('latency.p99', METRIC_NAMES)).toBe('latency.response.p99')
    expect(nearestName('p99.9', METRIC_NAMES)).toBe('latency.response.p99.9')
    expect(nearestName('balance.maxovermean', METRIC_NAMES)).toBe('balance.maxOverMean')
    expect(nearestName('loss', METRIC_NAMES)).toBe('loss.share')
  })
})

const defined = (sources: readonly Measured[]): MetricName[] =>
  METRIC_NAMES.filter((name) => sources.some((source) => readMetric(name, source) !== undefined)).toSorted()

describe('what metrics are taken of', () => {
  it('is what the table says, for a run, changes, a sweep and a verification', () => {
    const search = sampleSweep()
    const searched = { ...search, capacity: [{ ...SEARCH.capacity!, point: 0 }] }
    const spread = { flows: 1000, members: 2, minOverMean: 0.98, cv: 0.02, pValue: 0.4, effectBoundW: 0.1 }
    const plan = sampleSweepPlan([{ flag: 'procs', values: ['2'] }], 2)
    const cpuPerRoundTripNs = { client: 1, members: 1 }
    const runs = [0, 1].map((repetition) =>
      sampleRun({
        repetition,
        cpuPerRoundTripNs,
        answers: RUN.answers,
        statuses: RUN.statuses,
        flowSpread: { ...spread, maxOverMean: 1.02, verdict: 'fair' },
      }),
    )
    const swept = measuredAtPoint(sampleSweep({ plan }, runs), 0)
    expect(swept).toHaveLength(2)
    const churned = {
      ...CHURN,
      throughput: { ...CHURN.throughput, cpuPerRoundTripNs, connectionsPerSecond: 400 },
      latency: { ...CHURN.latency!, connect: sampleLatency(2000) },
      connections: RUN.connections,
    }
    const of = {
      run: defined([RUN]),
      churn: defined([churned]),
      sweep: defined([...swept, ...measuredAtPoint(searched, 0)]),
      verify: defined(measuredOfClaims(sampleClaims())),
    }
    expect(of).toEqual(
      Object.fromEntries(MEASURING_COMMANDS.map((command) => [command, metricsOf(command).toSorted()])),
    )
  })

  it('of a sweep leaves out runs that are no measurement', () => {
    const plan = sampleSweepPlan([{ flag: 'procs', values: ['2'] }], 2)
    const bad = sampleRun({ validity: { verdict: 'invalid', findings: ['member-died'], notes: [] } })
    expect(measuredAtPoint(sampleSweep({ plan }, [sampleRun(), bad]), 0)).toHaveLength(1)
  })

  it('of a verification is each draw, with its own flows', () => {
    const readings = measuredOfClaims(sampleClaims()).flatMap(
      (draw) => readMetric('balance.minOverMean', draw) ?? [],
    )
    expect(readings.map(({ n }) => n)).toEqual(Array(8).fill(10_000))
    expect(readings[0]!.value).toBeCloseTo((2478 * 4) / 10_000, 9)
  })
})

const bounds = (name: MetricName, source: Measured, limit = 1) => boundsOf(readMetric(name, source)!, limit)

/** The same figure of so many flows over four members. */
const busiest = (flows: number) =>
  bounds('balance.maxOverMean', { balance: { maxOverMean: 1.02, flows, members: 4, verdict: 'fair' } })

describe('the bounds of a figure', () => {
  it('of a share of requests are those of Clopper and Pearson', () => {
    // scipy.stats.binomtest(500, 100000).proportion_ci(0.99)
    const { low, high } = bounds('loss.share', RUN)
    expect(low).toBeCloseTo(0.004444, 6)
    expect(high).toBeCloseTo(0.005604, 6)
  })

  it('of the busiest member get wider with fewer flows, and end at the mean', () => {
    expect(busiest(1000).high).toBeGreaterThan(busiest(10_000).high)
    expect(busiest(1000).low).toBe(1)
    // scipy: Clopper–Pearson of 2550 of 10,000 at 1 − 0.01/4, times 4
    expect(busiest(10_000).high).toBeCloseTo(1.073_532, 5)
  })

  it('are none where too many flows were lost to know where they were put', () =>
    expect(bounds('balance.maxOverMean', { balance: { ...RUN.balance!, verdict: 'unknown' } })).toMatchObject(
      { low: -Infinity, high: Infinity, doubt: expect.stringContaining('lost') as string },
    ))

  it('of a p-value hold 0 where these flows could not have made it small', () => {
    expect(bounds('balance.pValue', RUN, 1e-3)).toEqual({ low: 0.8819, high: 0.8819 })
    const few = { balance: { ...RUN.balance!, flows: 1000 } }
    expect(bounds('balance.pValue', few, 1e-4)).toMatchObject({ low: 0, high: 0.8819 })
  })

  it('of a percentile are those that the result has, and open where too few requests are beyond', () => {
    const confidence = {
      p50Ns: { lowNs: 1, highNs: 2 },
      p90Ns: {},
      p99Ns: { lowNs: 1_300_000, highNs: 1_500_000 },
      p999Ns: { lowNs: 2_000_000 },
    }
    const of = (count: number): Measured => ({
      latency: { service: { ...sampleLatency(count, 400_000), confidence } },
    })
    expect(bounds('latency.service.p99', of(2000))).toEqual({ low: 1_300_000, high: 1_500_000 })
    expect(bounds('latency.service.p99.9', of(2000))).toEqual({
      low: 2_000_000,
      high: Infinity,
      doubt: '2,000 requests are too few for p99.9: with 10 beyond it, it takes 10,000',
    })
  })

  it('of a percentile are beyond every limit where more than its share got no reply', () => {
    const lossy = { ...RUN, books: { ...RUN.books, lost: 2000, late: 0 } }
    expect(bounds('latency.response.p99', lossy)).toMatchObject({ low: Infinity, high: Infinity })
    expect(bounds('latency.response.p90', lossy).high).toBeLessThan(Infinity)
  })
})

it('rpbench metrics says of each what it is, in any width', () => {
  for (const columns of [40, 120]) {
    const text = renderMetricsText(METRIC_NAMES, { columns, color: false })
    for (const name of METRIC_NAMES) expect(text).toContain(` ${name}`)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
  }
})
