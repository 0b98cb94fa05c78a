import { describe, expect, it } from 'vitest'
import type { LatencySummary } from '../../src/result/run-result.js'
import { lineOf, render } from './render-sample.js'
import { sampleLatency, sampleResult } from './sample-result.js'

const baseBalance = sampleResult().balance!

function balanceLine(changes: Partial<typeof baseBalance>): string {
  return lineOf(render(sampleResult({ balance: { ...baseBalance, ...changes } })), 'balance')
}

function leg(meanNs: number): LatencySummary {
  return { ...sampleLatency(1), meanNs }
}

describe('the latency line', () => {
  it('says of how many requests it is, where many had no answer in time', () => {
    const { books } = sampleResult()
    const most = sampleResult({ books: { ...books, sent: 6000, replied: 588, lost: 5412 } })
    expect(lineOf(render(most), 'latency')).toMatch(
      / · only of the 588 of 6,000 requests that were answered in time/,
    )
    const nearlyAll = sampleResult({ books: { ...books, sent: 6000, replied: 5950, lost: 50 } })
    expect(lineOf(render(nearlyAll), 'latency')).not.toContain('only of')
  })
})

describe('the balance line', () => {
  it('does not call a significant skew fair that is within the bound', () =>
    expect(balanceLine({ verdict: 'uneven-below-bound', pValue: 0.0031, cv: 0.034 })).toMatch(
      /^balance uneven, below the bound .* p 0\.0031 · .* a spread \(CV\) of 3\.4 % is within the 5\.0 % from which it matters .* from 5\.7 % on it is called skewed in 80 % of runs\)$/,
    ))

  it('says how many flows an underpowered run would need, and from where on it is called skewed', () =>
    expect(
      balanceLine({
        verdict: 'underpowered',
        power: { skewedW: 0.34, detectableW: 0.33, flowsForEffectBound: 4361 },
      }),
    ).toMatch(/^balance underpowered .* from 34\.0 % on .* 5\.0 % takes 4,361 flows: try --flows 4361$/))

  it('has no figures of the answered flows where they are no fair sample', () => {
    const balance = { ...baseBalance, verdict: 'unknown' as const, unansweredShare: 0.5 }
    const line = lineOf(
      render(
        sampleResult({
          balance,
          affinity: { flows: 10_000, moved: 0, unanswered: 5000, unasked: 0, violations: [] },
        }),
      ),
      'balance',
    )
    expect(line).toMatch(/^balance unknown 5,000 flows \(50\.0 %\) never got a reply, .*--observe-hash/)
    expect(line).not.toMatch(/χ²|max\/mean/)
  })

  it('says how unanswered flows were put to members', () => {
    const affinity = { flows: 10_000, moved: 0, unanswered: 400, unasked: 0, violations: [] }
    const basis = (how: 'reckoned' | 'hash' | 'answered'): string =>
      lineOf(render(sampleResult({ balance: { ...baseBalance, basis: how }, affinity })), 'balance')
    expect(basis('reckoned')).toMatch(
      / · 400 flows never got a reply, and are reckoned from what came to each member$/,
    )
    expect(basis('hash')).toMatch(/ · 400 flows never got a reply, and are where their hash puts them$/)
    expect(basis('answered')).not.toContain('400 flows')
  })

  it('holds one member against nothing', () => {
    const line = balanceLine({ members: 1 })
    expect(line).toBe('balance fair one member has all flows: there is nothing to spread')
  })

  it('asks what could make a spread too even, and never gives p as 1 or 0', () => {
    expect(balanceLine({ verdict: 'too-even', pValue: 1 })).toMatch(/too-even .*p > 0\.9999 .*round robin/)
    expect(balanceLine({ verdict: 'skewed', pValue: 0 })).toContain('p < 0.0001')
    expect(balanceLine({ pValue: 0.9987 })).toContain('p 0.9987')
  })

  it('names the method where it is not the usual one', () =>
    expect(balanceLine({ method: 'monte-carlo', draws: 9999 })).toContain(
      'p 0.88 (Monte Carlo, 9,999 draws)',
    ))

  it('is unknown where no flow got a reply', () => {
    const {
      balance: _unused,
      latency: _unmeasured,
      ...rest
    } = sampleResult({
      affinity: { flows: 10, moved: 0, unanswered: 10, unasked: 0, violations: [] },
    })
    const text = render(rest)
    expect(lineOf(text, 'balance')).toBe('balance unknown no flow got a reply')
    expect(lineOf(text, 'affinity')).toBe('affinity unknown no flow got a reply')
    expect(lineOf(text, 'latency')).toBe('latency no reply came in time')
  })
})

describe('the affinity line', () => {
  it('does not warn of flows that were never asked as of flows that were never answered', () => {
    const affinity = { flows: 10_000, moved: 0, unanswered: 0, unasked: 2_153, violations: [] }
    const text = render(sampleResult({ affinity }))
    expect(lineOf(text, 'affinity')).toBe(
      'affinity kept each of 7,847 flows stayed on one member · 2,153 flows were never asked',
    )
    expect(text).not.toContain('never got a reply')
  })
})

describe('the stamps line', () => {
  const stampError = { count: 9000, meanNs: 9500, p99Ns: 87e3, ofService: 0.0193 }
  const withError = (error: object, changes = {}): string => {
    const { latency } = sampleResult()
    return render(
      sampleResult({ latency: { ...latency!, stampError: { ...stampError, ...error } }, ...changes }),
    )
  }

  it('says how far the stamps of requests are off, and what part of the time that is', () => {
    expect(lineOf(withError({}), 'stamps')).toBe(
      'stamps 9.5 µs off on average, 1.9 % of the mean service time · p99 87 µs · in the warm-up',
    )
  })

  it('is not there where nothing was compared', () => {
    expect(render(sampleResult())).not.toMatch(/^ stamps/m)
  })

  it('is there in an open loop only where the error is large', () => {
    const schedule = { rateHz: 1000, arrivals: 'constant' as const, lag: leg(1e3) }
    const plan = sampleResult().plan
    const open = { schedule, plan: { ...plan, effective: { ...plan.effective, rateHz: 1000 } } }
    expect(withError({}, open)).not.toMatch(/^ stamps/m)
    expect(withError({ ofService: 0.08 }, open)).toMatch(/^ stamps .*8\.0 %/m)
  })
})

describe('the legs line', () => {
  it('says in words which leg is most of the time', () => {
    const legs = { request: leg(10e3), queue: leg(238e3), server: leg(3400), reply: leg(99e3) }
    expect(lineOf(render(sampleResult({ legs })), 'legs')).toBe(
      "legs mean 350 µs = request 10 µs + queue 238 µs + server 3.4 µs + reply 99 µs · 68 % of it waiting in the member's socket",
    )
  })

  it('names none where none is', () => {
    const legs = { request: leg(100e3), queue: leg(100e3), server: leg(100e3), reply: leg(100e3) }
    expect(lineOf(render(sampleResult({ legs })), 'legs')).toMatch(/reply 100 µs$/)
  })

  it('takes the way in and the queue as one where the kernel gave no timestamps', () => {
    const legs = { server: leg(3e3), reply: leg(99e3) }
    expect(lineOf(render(sampleResult({ legs })), 'legs')).toContain('before the member 250 µs + server 3 µs')
  })
})

describe('the taken line', () => {
  const fairCv = { expected: 0.2423, p95: 0.391, p99: 0.4712 }

  it('says that heavy flows are the reason, and what they come to', () => {
    const takenBalance = { cv: 0.381, effectiveFlows: 51.2, fairCv, verdict: 'heavy-flows' as const }
    expect(lineOf(render(sampleResult({ takenBalance })), 'taken')).toBe(
      'taken uneven spread (CV) 38.1 %, because some flows are heavy · ' +
        '10,000 flows weigh as much as 51 equal ones (F_eff) · ' +
        'a fair hash gives 24.2 %, and stays under 47.1 % in 99 % of runs',
    )
  })

  it('says that they are not, and where to look', () => {
    const takenBalance = { cv: 0.612, effectiveFlows: 51.2, fairCv, verdict: 'unexplained' as const }
    expect(lineOf(render(sampleResult({ takenBalance })), 'taken')).toBe(
      'taken uneven spread (CV) 61.2 %, and the weights of the flows do not explain it · ' +
        'a fair hash gives 24.2 %, and stays under 47.1 % in 99 % of runs · ' +
        'compare drops, latency and hot members in the table',
    )
  })

  it('is not there when no packet was taken', () => {
    const { takenBalance: _none, ...rest } = sampleResult()
    expect(lineOf(render(rest), 'taken')).toBe('')
  })
})

describe('the schedule line', () => {
  it('gives offered and achieved rate, and how late sends were', () => {
    const result = sampleResult({
      throughput: { roundTripsPerSecond: 19_990, offeredPerSecond: 20_000, achievedPerSecond: 19_996 },
      schedule: { rateHz: 20_000, arrivals: 'constant', lag: sampleLatency(100_000, 4_000) },
    })
    expect(lineOf(render(result), 'schedule')).toBe(
      'schedule 20,000/s offered · 19,996/s sent (100.0 %) · sent late by p50 4 µs, p99 14 µs',
    )
    expect(lineOf(render(result), 'rate')).toBe('rate 19,990 round trips/s')
  })

  it('is not there in a closed loop', () => expect(lineOf(render(sampleResult()), 'schedule')).toBe(''))
})

describe('the validity line', () => {
  it('counts the checks, and keeps those that failed in view', () => {
    const validity = {
      verdict: 'valid' as const,
      findings: [{ code: 'shared-cores', severity: 'note' as const, message: 'they share 2 CPUs' }],
      checks: [
        { code: 'member-died', measured: 0, limit: 0, passed: true },
        { code: 'shared-cores', measured: 3, limit: 2, passed: false },
      ],
    }
    expect(lineOf(render(sampleResult({ validity })), 'validity')).toBe(
      'validity valid 1 of 2 checks passed note they share 2 CPUs',
    )
  })
})
