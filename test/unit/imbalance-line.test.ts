import { describe, expect, it } from 'vitest'
import { analyseBalance } from '../../src/analysis/balance/balance.js'
import type { ImbalanceInput, MemberUnderLoad } from '../../src/analysis/overload/imbalance-input.js'
import { analyseImbalance } from '../../src/analysis/overload/imbalance.js'
import { membersCsv } from '../../src/report/run/members-csv.js'
import type { RunResult } from '../../src/result/run-result.js'
import { lineOf, render } from './render-sample.js'
import { sampleMember, sampleResult } from './sample-result.js'

const member = (replies: number, changes: Partial<MemberUnderLoad> = {}): MemberUnderLoad => ({
  flows: 500,
  offered: 10_000,
  dropped: 10_000 - replies,
  taken: replies,
  replies,
  late: 0,
  answeredUnderLoad: replies,
  servedNs: replies * 2e6,
  cpuNs: replies * 1e4,
  runDelayNs: replies * 5e4,
  ...changes,
})

function judged(members: MemberUnderLoad[], changes: Partial<ImbalanceInput> = {}): RunResult {
  const flows = members.map((m) => m.flows)
  return sampleResult({
    members: members.map((m, index) => sampleMember(index, m.flows, { drops: m.dropped })),
    imbalance: analyseImbalance({
      members,
      unknown: { flows: 0, sent: 0 },
      unaskedFlows: 0,
      balance: analyseBalance(flows, { seed: 1 }).balance,
      effectiveFlows: 2000,
      openLoop: true,
      weighted: false,
      measuredNs: 5e9,
      seed: 1,
      ...changes,
    }),
  })
}

const textOf = (members: MemberUnderLoad[], changes: Partial<ImbalanceInput> = {}): string =>
  lineOf(render(judged(members, changes)), 'overload')

const slow = member(1250, { servedNs: 1250 * 8e6 })
const group = (odd: MemberUnderLoad): MemberUnderLoad[] => [member(5000), member(5100), odd, member(4900)]

describe('the line on an overload', () => {
  it('says that all members answered alike', () =>
    expect(textOf(group(member(5000)))).toBe(
      'overload even 50.0 % of the requests lost · members answered alike, 49 – 51 % of what came to each',
    ))

  it('names a slow member, with its work for a request', () =>
    expect(textOf(group(slow))).toBe(
      'overload slow-member 59.4 % of the requests lost · member 2 answered 13 % of what came, the others 49 – 51 % · a request takes it 8.0 ms of work, the others 1.9 ms (4.1 ×)',
    ))

  it('names members that wait for a CPU', () => {
    const waits = member(2000, { servedNs: 2000 * 5e6, runDelayNs: 2000 * 3e6 })
    expect(textOf([waits, waits, waits, member(5000)])).toBe(
      "overload scheduler 72.5 % of the requests lost · members 0, 1 and 2 answered 20 % of what came, member 3 50 % · waiting for a CPU stretches their work 2.5 times, the others' 1.0 times",
    )
  })

  it('says where the loss is, when it is not everywhere, and that heavy flows made it', () => {
    const hot = member(20_000, { offered: 40_000, dropped: 20_000 })
    expect(textOf([member(10_000), hot, member(10_000)], { weighted: true, effectiveFlows: 7 })).toBe(
      'overload weights 33.3 % of the requests lost at member 1 · members were offered 16.7 % to 66.7 % of the requests each, most of them member 1: some flows are heavy · the flows weigh as much as 7 equal ones (F_eff)',
    )
  })

  it('says what few flows do', () => {
    const few = [5, 3, 3, 1].map((flows) =>
      member(1000, { flows, offered: flows * 1000, dropped: (flows - 1) * 1000 }),
    )
    expect(textOf(few)).toMatch(
      /^overload few-flows 66\.7 % of the requests lost at members 0, 1 and 2 · members got 8 – 42 % of only 12 flows · spread \(CV\) 47 %: a fair hash stays under \d+ %/,
    )
  })

  it('puts the names of several causes before their figures', () => {
    const hot = member(2500, { offered: 40_000, dropped: 37_500, servedNs: 2500 * 8e6 })
    expect(textOf([member(10_000), hot, member(10_000)], { weighted: true })).toMatch(
      /^overload mixed .* · weights: members were .* · slow-member: member 1 .*answered 6/,
    )
  })

  it('says late what is late, and what nothing explains', () => {
    const late = member(0, { late: 10_000, dropped: 0, taken: 10_000, answeredUnderLoad: 10_000 })
    expect(textOf([member(10_000), late])).toBe(
      'overload unexplained 50.0 % of the requests late at member 1 · member 1 answered 0.0 % of what came, member 0 100 % · neither the work for a request nor the wait for a CPU explains it',
    )
  })
})

describe('without an overload', () => {
  it('there is no line while members deliver alike', () => {
    const text = render(judged(group(member(10_000)).map(() => member(10_000))))
    expect(text).not.toMatch(/overload|imbalance|answered/)
  })

  it('there is one where they do not, as in a closed loop', () => {
    const slower = member(2500, { offered: 2500, dropped: 0, servedNs: 2500 * 8e6 })
    const members = [member(10_000), slower, member(10_000)]
    const text = render(judged(members, { openLoop: false }))
    expect(lineOf(text, 'imbalance')).toBe(
      'imbalance slow-member member 1 delivered 75 % less than the others · a request takes it 8.0 ms of work, the others 1.9 ms (4.1 ×)',
    )
  })
})

describe('the members of an overload', () => {
  it('show what they answered, and what holds them up', () => {
    const text = render(judged(group(slow)), 100)
    expect(text).toMatch(/drops +answered +p50/)
    expect(text).toMatch(/^ +2 .*8,750 +12\.5 % .* slow$/m)
  })

  it('show it on 40 columns too', () => {
    const text = render(judged(group(slow)), 40)
    expect(text).toMatch(/answered/)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  })

  it('have it in their CSV', () => {
    const [head = '', ...rows] = membersCsv(judged(group(slow)))
      .trim()
      .split('\n')
    const at = head.split(',').indexOf('answered share')
    expect(rows.map((row) => Number(row.split(',')[at]))).toEqual([0.5, 0.51, 0.125, 0.49])
    expect(membersCsv(sampleResult())).toContain('answered share')
  })
})
