import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { changesCsv } from '../../src/report/churn/changes-csv.js'
import { renderChurnText } from '../../src/report/churn/text.js'
import type { ChangeResult, ChurnResult } from '../../src/result/churn-result.js'
import { lineOf, withSaved } from './render-sample.js'
import { sampleChange, sampleChurn, sampleRemoval, sampleStall } from './sample-churn.js'

const ESCAPE = '\u{1B}'
const savedTo = ['-churn.json', '-churn-changes.csv'].map((end) => `results/20261122T101300Z${end}`)

const render = (result: ChurnResult, columns = 100): string =>
  withSaved(renderChurnText, result, { columns, color: false }, savedTo)
const one = (change: ChangeResult): string => render(sampleChurn({ changes: [change] }), 200)

const differing = sampleRemoval({
  verdict: 'differs',
  test: { method: 'shares', pValue: 3.2e-9 },
})
const impossible = sampleChange({ verdict: 'differs', test: { method: 'shares', pValue: 0 } })
const broken = sampleChurn({
  changes: [sampleChange(), sampleStall(), differing],
  stopped: 'interrupted',
  durationNs: 4_100_000_000,
  skipped: ['restart 1 (stop-then-start)', 'replace (rolling, stop-then-start)'],
  throughput: { roundTripsPerSecond: 8000, offeredPerSecond: 10_000, achievedPerSecond: 9000 },
  validity: {
    verdict: 'invalid',
    findings: [
      {
        code: 'stranger-joined',
        severity: 'invalid',
        message: 'process 77 joined the port',
        nextStep: 'Stop it.',
      },
    ],
    checks: [{ code: 'stranger-joined', measured: 1, limit: 0, passed: false }],
  },
})

/** A group of `n`, of which nothing is known but that all its flows moved by one slot. */
function large(n: number): ChurnResult {
  const members = Array.from({ length: n }, (_, member) => ({ member, generation: 0 }))
  return sampleChurn({
    changes: [
      sampleChange({
        membersBefore: members,
        membersAfter: [...members, { member: n, generation: 0 }],
        transitions: members.map((_, row) => [
          ...members.map((_unused, column) => (column === row ? 9 : 0)),
          1,
        ]),
        darkFrom: members.map(() => 0),
      }),
    ],
  })
}

describe('the report of a run through changes', () => {
  it('reads like this', () =>
    expect(render(sampleChurn())).toMatchInlineSnapshot(`
      "rpbench churn   udp 127.0.0.1:41873 · 4 processes · 2,000 flows ·
                      open loop, 10,000/s, constant arrivals · 6 s

      2.1 s  add · 4 → 5 members · array 0 1 2 3 → 0 1 2 3 4
       moved     as predicted  49.1 % (982 of 2,000 flows) · the model says 50.0 % ·
                               any scheme moves at least 20.0 %
       why       982 collateral: moved although their process lives
       lost      nothing
       time      settled at once · response p99 353 µs before → 706 µs meanwhile
       from (row) to (column), in parts of the row
            0    1    2    3    4
       0  81%  19%    ·    ·    ·
       1    ·  60%  40%    ·    ·
       2    ·    ·  41%  59%    ·
       3    ·    ·    ·  22%  78%

      4.0 s  remove 0 · 5 → 4 members · array 0 1 2 3 4 → 4 1 2 3
       moved     as predicted  69.3 % (1,385 of 2,000 flows) · the model says 70.0 % ·
                               any scheme moves at least 20.0 %
       why       403 orphans: their process is gone · 982 collateral: moved although their process lives
       lost      3 datagrams · 3 closed with a socket · 2 late
       time      settled after 1.3 ms · response p99 353 µs before → 706 µs meanwhile
            1    2    3    4
       0    ·    ·    · 100%
       1  76%    ·    ·  24%
       2  50%  50%    ·    ·
       3    ·  73%  27%    ·
       4    ·    · 100%    ·

       rate      10,000 round trips/s
       books     60,000 sent → 59,997 taken = 59,997 echoed → 59,995 replies · 3 lost · 2 late ·
                 3 closed with a socket · 0 unexplained
       validity  valid     1 check passed
       saved     results/20261122T101300Z-churn.json · -changes.csv
      "
    `))

  it('reads like this on 40 columns', () =>
    expect(render(sampleChurn({ changes: [sampleRemoval()] }), 40)).toMatchInlineSnapshot(`
      "rpbench churn   udp 127.0.0.1:41873 ·
         4 processes · 2,000 flows · open
         loop, 10,000/s, constant arrivals ·
         6 s

      4.0 s  remove 0 · 5 → 4 members ·
         array 0 1 2 3 4 → 4 1 2 3
       moved as predicted  69.3 % (1,385 of
         2,000 flows) ·
         the model says 70.0 % ·
         any scheme moves at least 20.0 %
       why 403 orphans: their process is
         gone · 982 collateral: moved although
         their process lives
       lost 3 datagrams ·
         3 closed with a socket · 2 late
       time settled after 1.3 ms · response
         p99 353 µs before → 706 µs meanwhile
       from (row) to (column), in parts of the
       row
            1    2    3    4
       0    ·    ·    · 100%
       1  76%    ·    ·  24%
       2  50%  50%    ·    ·
       3    ·  73%  27%    ·
       4    ·    · 100%    ·

       rate 10,000 round trips/s
       books 60,000 sent → 59,997 taken
         = 59,997 echoed → 59,995 replies ·
         3 lost · 2 late ·
         3 closed with a socket ·
         0 unexplained
       validity valid  1 check passed
       saved
         results/20261122T101300Z-churn.json ·
         -changes.csv
      "
    `))
})

describe('a line of it', () => {
  const results = {
    good: sampleChurn(),
    broken,
    large16: large(16),
    large64: large(64),
    large256: large(256),
  }

  it.each(Object.entries(results))('never exceeds the columns: %s', (_name, result) => {
    for (const columns of [200, 120, 80, 64, 63, 40, 30])
      for (const unicode of [true, false]) {
        const text = withSaved(renderChurnText, result, { columns, color: false, unicode }, savedTo)
        expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns)
        expect(text).not.toMatch(/ $/m)
        expect(text).not.toMatch(/NaN|undefined|Infinity/)
        expect(unicode ? '' : text).toMatch(/^[ -~\n]*$/)
      }
  })

  it('has colour only where wanted, and then only on what matters', () => {
    expect(render(broken)).not.toContain(ESCAPE)
    const coloured = renderChurnText(sampleChurn({ changes: [sampleStall()] }), { columns: 120, color: true })
    const words = coloured.split(ESCAPE).filter((part) => /^\[(3[1-8]|1)m/.test(part))
    expect(words.map((part) => part.replace(/^\[\d+m/, '')).filter((word) => word !== '')).toEqual([
      'as predicted',
      '25.0 %',
      '(500',
      'flows',
      'get',
      'no',
      'answer)',
      '1,738 datagrams',
      '3 lost',
      '2 late',
      '3 closed with a socket',
      'valid',
    ])
  })
})

describe('the block of a change', () => {
  it('sets the measured share beside the model and the least possible', () =>
    expect(lineOf(one(sampleChange()), 'moved')).toBe(
      'moved as predicted 49.1 % (982 of 2,000 flows) · the model says 50.0 % · any scheme moves at least 20.0 %',
    ))

  it('says how improbable it is where it differs', () => {
    expect(lineOf(one(differing), 'moved')).toMatch(/^moved differs 69\.3 % .* · p 3e-9$/)
    expect(lineOf(one(impossible), 'moved')).toMatch(/^moved differs .* · the model rules this out$/)
  })

  it('tells orphans from collateral, and flows that came back', () =>
    expect(lineOf(one(sampleRemoval({ strayed: 12 })), 'why')).toBe(
      'why 403 orphans: their process is gone · 982 collateral: moved although their process lives · 12 more were answered elsewhere meanwhile',
    ))

  it('says whose flows go dark', () => {
    const text = one(sampleStall())
    expect(lineOf(text, 'dark')).toBe(
      'dark 25.0 % (500 flows get no answer) · the model says 25.0 % · all of them of member 2',
    )
    expect(lineOf(text, 'moved')).toBe(
      'moved as predicted none of 1,500 flows that were answered before and after · the model says none',
    )
    expect(lineOf(text, 'why')).toBe('')
    expect(text).not.toContain('settled')
    expect(text, 'no picture where nothing moved').not.toContain('from (row)')
  })

  it('names every member that dark flows had', () =>
    expect(lineOf(one(sampleStall({ darkFrom: [20, 0, 470, 0] })), 'dark')).toContain(
      'last seen at member 2: 470, member 0: 20',
    ))

  it('says when dark flows are back', () =>
    expect(lineOf(one(sampleStall({ change: 'resume 2', dark: 0, returned: 1 })), 'back')).toBe(
      'back 1 dark flow is answered again',
    ))

  it('says that there was nothing to see, rather than that all went well', () =>
    expect(
      lineOf(one(sampleStall({ verdict: 'unseen', flows: 0, stayed: 0, dark: 2000, darkShare: 1 })), 'moved'),
    ).toBe('moved unseen no flow was answered both before the change and after it'))

  it('counts what was lost, and says how long it took', () => {
    expect(lineOf(one(sampleChange()), 'lost')).toBe('lost nothing')
    expect(lineOf(one(sampleChange()), 'time')).toBe(
      'time settled at once · response p99 353 µs before → 706 µs meanwhile',
    )
    expect(lineOf(one(sampleRemoval()), 'lost')).toBe('lost 3 datagrams · 3 closed with a socket · 2 late')
    expect(lineOf(one(sampleRemoval()), 'time')).toContain('settled after 1.3 ms')
  })

  it('says what requests were lost to, as far as an older result knows it', () => {
    const lostTo = {
      droppedAtMembers: 944,
      noSocket: 30,
      closedWithSocket: 256,
      leftAtMembers: 8,
      otherwise: 500,
    }
    expect(lineOf(one(sampleStall({ lostTo })), 'lost')).toBe(
      'lost 1,738 datagrams · 944 dropped at members · 30 met no socket (nobody was bound) · 256 closed with a socket · 8 left in queues · 500 otherwise',
    )
    expect(lineOf(one(sampleStall()), 'lost')).toBe('lost 1,738 datagrams')
  })

  it('shows the array only of groups that can be read, and no picture of large ones', () => {
    expect(one(sampleRemoval())).toContain('remove 0 · 5 → 4 members · array 0 1 2 3 4 → 4 1 2 3\n')
    expect(render(large(16), 120)).toMatch(/^2\.1 s {2}add · 16 → 17 members$/m)
    expect(render(large(64), 400)).not.toContain('from (row)')
  })

  it('names successors by their life', () =>
    expect(
      one(
        sampleChange({
          membersAfter: [
            ...[0, 1, 2].map((member) => ({ member, generation: 0 })),
            { member: 3, generation: 2 },
          ],
          transitions: [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => (row === column ? 500 : 0))),
        }),
      ),
    ).toContain('add · array 0 1 2 3 → 0 1 2 3.2\n'))

  it('keeps the names of later lives apart in the picture', () => {
    const lives = [10, 11].map((member) => ({ member, generation: 12 }))
    const transitions = [
      [300, 100],
      [0, 400],
    ]
    const text = one(sampleChange({ membersBefore: lives, membersAfter: lives, transitions }))
    expect(text).toContain('\n       10.12 11.12\n 10.12   75%   25%\n 11.12     ·  100%\n')
  })
})

describe('the run as a whole', () => {
  it('says which datagrams met no socket, and which closed with one', () => {
    const { books } = sampleChurn()
    expect(lineOf(render(sampleChurn(), 200), 'books')).toBe(
      'books 60,000 sent → 59,997 taken = 59,997 echoed → 59,995 replies · 3 lost · 2 late · 3 closed with a socket · 0 unexplained',
    )
    const unbound = sampleChurn({ books: { ...books, noSocket: 2, closedWithSocket: 1 } })
    expect(lineOf(render(unbound, 200), 'books')).toContain(
      '2 late · 2 met no socket (nobody was bound) · 1 closed with a socket · 0 unexplained',
    )
  })

  it('tells of the schedule only where it was not kept', () => {
    expect(lineOf(render(sampleChurn()), 'schedule')).toBe('')
    expect(lineOf(render(broken, 200), 'schedule')).toContain('9,000/s sent (90.0 %)')
  })

  it('says what was not done, and that it is not valid, before any figure', () => {
    const text = render(broken, 200)
    expect(lineOf(text, 'run')).toBe('run interrupted after 4.1 s of 6 s; the figures are of that part')
    expect(lineOf(text, 'skipped')).toBe(
      'skipped not seen restart 1 (stop-then-start) · replace (rolling, stop-then-start)',
    )
    expect(text.indexOf('joined the port')).toBeLessThan(text.indexOf('2.1 s'))
    expect(renderChurnText(broken, { columns: 120, color: true })).not.toContain(`${ESCAPE}[32m`)
  })
})

describe('the CSV of the changes', () => {
  it('has a row for each, with the model beside the measurement', () => {
    const [head, ...rows] = changesCsv(
      sampleChurn({
        changes: [
          sampleChange(),
          sampleStall({
            latencyDuring: undefined,
            membersAfter: [0, 1, 2].map((member) => ({ member, generation: member % 2 })),
          }),
        ],
      }),
    )
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','))
    expect(rows).toHaveLength(2)
    const cell = (row: number, name: string): string => rows[row]![head!.indexOf(name)]!
    expect(cell(0, 'change')).toBe('add')
    expect(cell(0, 'lives before')).toBe('0 1 2 3')
    expect(cell(1, 'lives after')).toBe('0 1.1 2')
    expect(cell(0, 'moved')).toBe('982')
    expect(cell(0, 'moved share of the model')).toBe('0.5')
    expect(cell(1, 'dark')).toBe('500')
    expect(cell(1, 'response p99 during ns'), 'what was not measured is empty').toBe('')
    expect(head).toHaveLength(rows[1]!.length)
  })
})
