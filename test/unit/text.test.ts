import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { renderRunText } from '../../src/report/run/text.js'
import { group, lineOf, render, withSaved } from './render-sample.js'
import { sampleLatency, sampleMember, sampleResult } from './sample-result.js'

const ESCAPE = '\u{1B}'
const base = sampleResult()
const baseBalance = base.balance!

const brokenMembers = [
  sampleMember(0, 2491),
  sampleMember(1, 3133, { residual: 14.6, residualPValue: 1e-9, drops: 1203 }),
  sampleMember(2, 1878, { residual: -14.3, residualPValue: 1e-9 }),
  sampleMember(3, 2498, { died: 'killed by SIGKILL 1.2 s into the run' }),
]
const broken = sampleResult({
  members: brokenMembers,
  stopped: 'interrupted',
  durationNs: 2_100_000_000,
  plan: { supplied: {}, effective: { ...base.plan.effective, rateHz: 20_000, arrivals: 'poisson' } },
  balance: { ...baseBalance, chiSquare: 812.3, pValue: 0, maxOverMean: 1.253, cv: 0.18, verdict: 'skewed' },
  affinity: {
    flows: 10_000,
    moved: 12,
    unanswered: 3,
    unasked: 0,
    violations: [1, 2, 3, 4].map((flow) => ({
      flow,
      protocol: 'udp',
      sourceAddress: '127.0.0.1',
      sourcePort: 34_000 + flow,
      destinationAddress: '127.0.0.1',
      destinationPort: 41_873,
      members: [1, 3],
    })),
  },
  latency: { response: sampleLatency(748_750, 900_000), service: sampleLatency(748_750) },
  throughput: { roundTripsPerSecond: 17_000, offeredPerSecond: 20_000, achievedPerSecond: 18_000 },
  takenBalance: {
    cv: 0.246,
    effectiveFlows: 9_800,
    fairCv: { expected: 0.0161, p95: 0.0282, p99: 0.034 },
    verdict: 'unexplained',
  },
  schedule: { rateHz: 20_000, arrivals: 'poisson', lag: sampleLatency(750_000, 40_000) },
  books: {
    ...base.books,
    taken: 748_797,
    echoed: 748_797,
    replied: 748_750,
    lost: 1203,
    late: 47,
    unexplained: 2,
  },
  validity: {
    verdict: 'invalid',
    findings: [
      {
        code: 'client-cpu',
        severity: 'invalid',
        message: 'worker 0 used 99 % of a CPU, so the client may be what limits the rate',
        nextStep: 'use more workers: --workers 4',
      },
      { code: 'timestamps', severity: 'note', message: 'kernel timestamps are not available' },
    ],
    checks: [
      { code: 'member-died', measured: 0, limit: 0, passed: true },
      { code: 'client-cpu', measured: 0.99, limit: 0.95, passed: false },
    ],
  },
})

describe('the report of a good run', () => {
  const text = render(base)

  it('reads like this', () =>
    expect(text).toBe(
      `rpbench run   udp 127.0.0.1:41873 · 4 processes · 10,000 flows · closed loop, 64 in flight · 5 s

 member    pid  flows  share                 taken  drops     p50     p99
      0  12001  2,491  ██████████  24.9 %  186,825      0  309 µs  1.1 ms
      1  12002  2,533  ██████████▏ 25.3 %  189,975      0  312 µs  1.1 ms
      2  12003  2,478  █████████▉  24.8 %  185,850      0  315 µs  1.1 ms
      3  12004  2,498  ██████████  25.0 %  187,350      0  318 µs  1.1 ms

 balance   fair      χ² 0.66, df 3, p 0.88 · max/mean 1.013 (a fair hash stays under 1.039 in 95 % of runs)
 taken     even      spread (CV) 0.8 % · a fair hash gives 1.6 %, and stays under 3.4 % in 99 % of runs
 affinity  kept      each of 10,000 flows stayed on one member
 latency   p50 312 µs · p90 640 µs · p99 1.1 ms · p99.9 2.4 ms · max 5.0 ms
           closed loop: not the latency a user would feel; --rate measures that
 rate      150,000 round trips/s
 books     750,000 sent = 750,000 taken = 750,000 echoed = 750,000 replies · 0 unexplained
 validity  valid     2 checks passed
 saved     results/20261122T101300Z-run.json · -members.csv · -flows.csv
`,
    ))

  it('reads like this on 40 columns', () =>
    expect(render(base, 40)).toBe(
      `rpbench run   udp 127.0.0.1:41873 ·
   4 processes · 10,000 flows ·
   closed loop, 64 in flight · 5 s

 member  flows   share    taken     p99
      0  2,491  24.9 %  186,825  1.1 ms
      1  2,533  25.3 %  189,975  1.1 ms
      2  2,478  24.8 %  185,850  1.1 ms
      3  2,498  25.0 %  187,350  1.1 ms

 balance fair  χ² 0.66, df 3, p 0.88 ·
   max/mean 1.013 (a fair hash stays
   under 1.039 in 95 % of runs)
 taken even  spread (CV) 0.8 % · a fair
   hash gives 1.6 %, and stays under
   3.4 % in 99 % of runs
 affinity kept  each of 10,000 flows
   stayed on one member
 latency p50 312 µs · p90 640 µs ·
   p99 1.1 ms · p99.9 2.4 ms ·
   max 5.0 ms
   closed loop: not the latency a user
   would feel; --rate measures that
 rate 150,000 round trips/s
 books 750,000 sent = 750,000 taken
   = 750,000 echoed = 750,000 replies ·
   0 unexplained
 validity valid  2 checks passed
 saved
   results/20261122T101300Z-run.json ·
   -members.csv · -flows.csv
`,
    ))
})

describe('a line of the report', () => {
  const results = { base, broken, group17: group(17), group64: group(64), group200: group(200) }
  const widths = [200, 120, 80, 64, 63, 40, 30]

  it.each(Object.entries(results))('never exceeds the columns: %s', (_name, result) => {
    for (const columns of widths)
      for (const unicode of [true, false]) {
        const text = withSaved(renderRunText, result, { columns, color: false, unicode })
        const longest = Math.max(...text.split('\n').map((line) => stringWidth(line)))
        expect(longest).toBeLessThanOrEqual(columns)
      }
  })

  it('has no blanks at its end', () => expect(render(broken, 80)).not.toMatch(/ $/m))

  it('has colour only where wanted, and then only on what matters', () => {
    expect(render(broken)).not.toContain(ESCAPE)
    const coloured = renderRunText(base, { columns: 120, color: true })
    const words = coloured.split(ESCAPE).filter((part) => part.startsWith('[3') && !part.startsWith('[39'))
    expect(words.map((part) => part.replace(/^\[\d+m/, ''))).toEqual(['fair', 'even', 'kept', 'valid'])
  })

  it('has the same width with and without colour', () => {
    const plain = render(broken)
      .split('\n')
      .map((line) => stringWidth(line))
    const coloured = withSaved(renderRunText, broken, { columns: 120, color: true })
    expect(coloured.split('\n').map((line) => stringWidth(line))).toEqual(plain)
  })

  it('keeps to ASCII where it must', () =>
    expect(withSaved(renderRunText, broken, { columns: 80, color: false, unicode: false })).toMatch(
      /^[ -~\n]*$/,
    ))

  it('says in its head where members and client threads were pinned to', () => {
    const { plan } = base
    const pinned = (more: Record<string, unknown>): string =>
      render({ ...base, plan: { ...plan, effective: { ...plan.effective, ...more } } }, 200).split('\n')[0]!
    expect(pinned({ pinMembers: [0, 0, 0, 1], pinWorkers: [1] })).toMatch(
      / · members on CPUs 0, 0, 0, 1 · client on CPU 1$/,
    )
    expect(pinned({ pinMembers: [0, 1, 2, 3, 4, 5] }), 'as far as there are members').toMatch(
      / · members on CPUs 0-3$/,
    )
    expect(pinned({})).not.toContain('CPU')
  })

  it('passes no control sequence of a saved result on to the terminal', () => {
    const members = [sampleMember(0, 10, { died: `${ESCAPE}[2J\u{7}gone` })]
    expect(render(sampleResult({ members }))).toContain('member 0 (pid 12001): [2J gone')
  })
})

describe('the report of a run that went wrong', () => {
  const text = render(broken)

  it('says so before any figure, and praises nothing', () => {
    expect(text.indexOf('invalid')).toBeLessThan(text.indexOf(' member    pid'))
    expect(text.indexOf('interrupted')).toBeLessThan(text.indexOf(' member    pid'))
    expect(renderRunText(broken, { columns: 120, color: true })).not.toContain(`${ESCAPE}[32m`)
  })

  it('gives each finding with its next step', () =>
    expect(text).toMatch(/invalid +worker 0 used 99 % of a CPU.*\n +→ use more workers: --workers 4\n/))

  it('says how long it ran and who died', () => {
    expect(lineOf(text, 'run')).toBe('run interrupted after 2.1 s of 5 s; the figures are of that part')
    expect(text).toContain('member 3 (pid 12004): killed by SIGKILL 1.2 s into the run')
  })

  it('says why nobody answered, and not how far it came', () => {
    const books = { ...sampleResult().books, replied: 0 }
    const failed = sampleResult({ stopped: 'failed', failure: 'Nobody answered: all is filtered.', books })
    expect(lineOf(renderRunText(failed, { columns: 120, color: false }), 'run')).toBe(
      'run failed Nobody answered: all is filtered.',
    )
  })

  it('marks the members that stand out', () => {
    expect(text).toMatch(/^ +1 .*31\.3 %.* 1,203 .* hot$/m)
    expect(text).toMatch(/^ +2 .*18\.8 %.* starved$/m)
    expect(text).toMatch(/^ +3 .* died$/m)
    expect(text).toMatch(/^ +0 .*\d ms$/m)
  })

  it('lists some of the flows that moved', () =>
    expect(lineOf(text, 'affinity')).toBe(
      'affinity moved 12 of 10,000 flows seen at more than one member · 127.0.0.1:34001 at members 1 and 3 · ' +
        '127.0.0.1:34002 at members 1 and 3 · 127.0.0.1:34003 at members 1 and 3 · 9 more · 3 flows never got a reply',
    ))

  it('tells response from service time', () => {
    expect(lineOf(text, 'response')).toContain('p50 900 µs')
    expect(lineOf(text, 'service')).toContain('p50 312 µs')
    expect(text).not.toContain('closed loop')
  })

  it('counts what was lost', () => {
    expect(lineOf(text, 'books')).toBe(
      'books 750,000 sent → 748,797 taken = 748,797 echoed → 748,750 replies · 1,203 lost · 47 late · 2 unexplained',
    )
    expect(renderRunText(broken, { columns: 120, color: true })).toMatch(/\[31m\S*1,203 lost/)
    expect(lineOf(text, 'schedule')).toContain('18,000/s sent (90.0 %)')
  })

  it('keeps drops and remarks in view on 40 columns', () =>
    expect(render(broken, 40)).toMatch(/^ +1 .*31\.3 %.* 1,203 +hot$/m))
})

describe('the header', () => {
  it('writes IPv6, threads and a number of requests as they are', () => {
    const { effective } = base.plan
    const text = render(
      sampleResult({
        group: { protocol: 'udp', family: 'ipv6', address: '::1', port: 8080, server: 'threads' },
        plan: {
          supplied: {},
          effective: {
            ...effective,
            host: '::1',
            listen: 'dual-stack',
            procs: 1,
            requests: 5000,
            weights: 'zipf',
          },
        },
      }),
    )
    expect(text).toMatch(
      /^rpbench run {3}udp \[::1\]:8080 · listen dual-stack · 1 thread · 10,000 flows · weights zipf · closed loop, 64 in flight ·\n +5,000 requests\n/,
    )
  })
})
