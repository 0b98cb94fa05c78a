import { describe, expect, it } from 'vitest'
import { renderVerifyText } from '../../src/report/verify/text.js'
import type { Claim, ClaimsResult } from '../../src/result/verify-result.js'
import {
  claimOfDraws,
  claimOfLoads,
  claimOfRuns,
  elsewhere,
  fairDraws,
  sampleClaims,
  sampleDraw,
  sampleLight,
  sampleOverload,
  SLOW,
} from './sample-claims.js'

const render = (result: ClaimsResult, columns = 100, color = false): string =>
  renderVerifyText(result, { columns, color })

it('four claims read like this', () =>
  expect(render(sampleClaims()))
    .toBe(`rpbench verify   Linux 6.8.0-45-generic · 4 processes · 10,000 flows · 41 s

 affinity  holds       One flow always reaches the same socket: none of 80,000 flows was seen at a
                       second member.
           fresh runs  8 runs, each a draw of its own · 80,000 flows · 6,000,000 replies · 0 moved

 balance   holds       Different flows spread evenly: 80,000 flows in 8 fresh draws, not skewed
                       beyond the 10 % from which it matters.
           draws       χ² 0.66 2.00 4.00 2.69 0.52 4.40 3.56 1.16 · df 3 each
           pooled      χ² 19.0, df 24, p 0.75
           p-values    uniform · Kolmogorov-Smirnov D 0.22, p 0.75
           max/mean    1.036 at most · a fair hash stays under 1.039 in 95 % of draws
           power       a skew (CV) of 10.3 % would have failed it in 80 % of cases ·
                       one of 2.4 % would have been seen · up to 10 % does not matter

 churn     holds       Changing the number of sockets moves flows, as predicted: half of all flows
                       move when a member is added.
           add         49.1 % moved (982 of 2,000) · the model says 50.0 % · least possible 20.0 % ·
                       982 of them although their process lives · p 0.42 · nothing lost
           remove 0    69.3 % moved (1,385 of 2,000) · the model says 70.0 % ·
                       least possible 20.0 % · 982 of them although their process lives · p 0.42 ·
                       3 lost

 overload  holds       Overload does not break the balance: each of 10,000 flows kept its member at
                       60 % loss, and members deliver alike.
           capacity    10,000 requests/s at most: each member sleeps 400 µs for each
           light load  5,000 requests/s · nothing lost
           overloaded  20,000 requests/s · 60.0 % lost
           placement   10,000 of 10,000 flows at the same member as under the light load ·
                       χ² 0.00 then, 0.00 now
           delivery    even · members deliver 1.00 0.99 1.01 1.00 of what equal ones would ·
                       the least 2.0 % below the most, where up to 10 % is noise

 4 claims: 4 hold
`))

describe('a claim', () => {
  const slow = sampleOverload({ imbalance: SLOW })
  const claims: Claim[] = [
    claimOfRuns(fairDraws().slice(0, 3)),
    claimOfDraws([...fairDraws().slice(1), sampleDraw([3200, 2300, 2300, 2200])]),
    claimOfLoads(sampleLight(), [slow, slow], { overload: elsewhere(3) }),
  ]
  const text = render(sampleClaims(claims, { stopped: 'interrupted', notes: ['Hashes were not seen.'] }))

  it('that does not hold or cannot be told says why', () => {
    expect(text).toMatch(/^ affinity +cannot tell +Interrupted after 3 of 8 runs/m)
    expect(text).toMatch(/^ balance +does not hold +Flows do not spread evenly: 1 of 8 draws/m)
    expect(text).toMatch(/^ overload +does not hold +Overload breaks the balance: 3 of 10,000 flows/m)
    expect(text).toMatch(/^ +breaks +placement · delivery$/m)
    expect(text).toMatch(/^ +placement +9,997 of 10,000 flows /m)
    expect(text).toContain('127.0.0.1:32768 0 → 1')
    expect(text).toContain(' 3 claims: 2 do not hold · 1 cannot be told\n')
  })

  it('stands before what ended the verification early, and the notes', () => {
    expect(text).toMatch(/^ stopped +interrupted +after 41 s/m)
    expect(text).toMatch(/^ note +Hashes were not seen\.$/m)
  })

  it('that could not be measured has a line of its own', () => {
    const why = 'Interrupted before it was measured.'
    const unmeasured = render(sampleClaims([{ id: 'churn', verdict: 'cannot tell', why }]))
    expect(unmeasured).toMatch(/^ churn +cannot tell +Interrupted before it was measured\.$/m)
    expect(unmeasured).toContain(' 1 claim: 1 cannot be told\n')
  })
})

it('what runs say against themselves is said once, with how many said it', () => {
  const finding = { code: 'cpu', severity: 'suspect' as const, message: 'Others used 53 % of the CPUs.' }
  const suspect = { validity: { verdict: 'suspect' as const, findings: [finding], checks: [] } }
  const at = (port: number) =>
    sampleDraw([2491, 2533, 2478, 2498], {
      ...suspect,
      group: { protocol: 'udp', family: 'ipv4', address: '127.0.0.1', port, server: 'processes' },
    })
  const draws = [at(40_001), at(40_002), ...fairDraws().slice(2)]
  const text = render(sampleClaims([claimOfRuns(draws), claimOfDraws(draws)]))
  expect(text.match(/Others used/g)).toHaveLength(1)
  expect(text).toMatch(/^ suspect +2 runs +Others used 53 % of the CPUs\.$/m)
})

it.each([30, 40, 64, 100])('no line is longer than %i columns', (columns) => {
  const lines = render(sampleClaims(), columns).split('\n')
  expect(lines.filter((line) => Array.from(line).length > columns)).toEqual([])
})

it('colours verdicts, and nothing but those', () => {
  const [good, off] = ['\u{1B}[32m', '\u{1B}[39m']
  const coloured = render(sampleClaims(), 100, true)
  const painted = coloured
    .split(good)
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf(off)))
  expect(painted).toEqual(['holds', 'holds', 'holds', 'holds', '4 hold'])
  expect(coloured.replaceAll(good, '').replaceAll(off, '')).toBe(render(sampleClaims()))
})
