import { afterEach, describe, expect, it } from 'vitest'
import { GENERATOR_CHECKS } from '../../src/analysis/validity/generator-checks.js'
import { HOST_CHECKS } from '../../src/analysis/validity/host-checks.js'
import { binomialTwoSided } from '../../src/stats/binomial.js'
import { planChurn } from '../../src/api/plan-churn.js'
import { churnExperiment, type ChurnOptions } from '../../src/experiment/churn.js'
import { prepareTraffic } from '../../src/experiment/traffic.js'
import { churnResult, type ChangeResult, type ChurnResult } from '../../src/result/churn-result.js'
import { quietPort } from './experiment.js'
import { udpSocketsOn } from './kernel-counters.js'
import { childrenOf, refuseLeftovers } from './process-table.js'

const FLOWS = 600

interface Churned {
  result: ChurnResult
  /** how many sockets the kernel listed on the port while the group changed */
  sockets: Set<number>
  port: number
}

/** Takes a group of so many members through changes, at 20,000 requests a second: each flow has a turn in 30 ms. */
async function churn(
  members: number,
  change: string[],
  options: Partial<Pick<ChurnOptions, 'signal' | 'onProgress'>> & {
    onSockets?: (count: number) => void
  } = {},
): Promise<Churned> {
  const port = quietPort()
  const { plan, changes, supplied } = planChurn({
    procs: String(members),
    port: String(port),
    flows: String(FLOWS),
    rate: '20k',
    warmup: '50ms',
    // What a stalled member has waiting is answered once it resumes; a request that a closed socket took with it never is.
    timeout: change.some((text) => text.includes('stall')) ? '2s' : '500ms',
    change,
  })
  const sockets = new Set<number>()
  const look = (): void => {
    const count = udpSocketsOn(port)
    sockets.add(count)
    options.onSockets?.(count)
  }
  const watch = setInterval(look, 5)
  try {
    const result = await churnExperiment({
      plan,
      changes,
      supplied,
      traffic: prepareTraffic(plan),
      toolVersion: '0.0.0',
      signal: options.signal ?? new AbortController().signal,
      onProgress: options.onProgress ?? (() => {}),
    })
    expect(churnResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result)
    return { result, sockets, port }
  } finally {
    clearInterval(watch)
    expect(udpSocketsOn(port), 'no socket is left').toBe(0)
  }
}

/** What this host and the client had to do meanwhile is no matter of these tests. */
const OF_THIS_MACHINE = new Set<string>([...GENERATOR_CHECKS, ...HOST_CHECKS].map(({ code }) => code))

/** Codes of what was found to be wrong with the counts, the group or the changes. */
function accusations({ validity }: ChurnResult): string[] {
  return validity.findings.map(({ code }) => code).filter((code) => !OF_THIS_MACHINE.has(code))
}

/** The changes of a run that came to its end. */
async function changesOf(members: number, change: string[]): Promise<[ChangeResult, ...ChangeResult[]]> {
  const { result } = await churn(members, change)
  expect(result.skipped).toEqual([])
  expect(accusations(result)).toEqual([])
  expect(result.stopped).toBeUndefined()
  // Of flows that a silent member had, some are known only after it spoke again.
  const followed = result.changes.filter(({ returned }) => returned === 0)
  expect(followed.filter(({ flows, dark }) => flows + dark !== FLOWS)).toEqual([])
  return result.changes as [ChangeResult, ...ChangeResult[]]
}

/** One false alarm in a million. */
function expectShare(count: number, of: number, share: number): void {
  expect(binomialTwoSided(count, of, share), `${count} of ${of}, share ${share}`).toBeGreaterThan(1e-6)
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

/** `from>to` of every cell with flows, by member and generation. */
const ways = ({ transitions, membersBefore, membersAfter }: ChangeResult): string[] =>
  transitions.flatMap((row, from) =>
    row.flatMap((count, to) =>
      count === 0
        ? []
        : [[membersBefore[from]!, membersAfter[to]!].map((s) => `${s.member}.${s.generation}`).join('>')],
    ),
  )

/** In array order, `member.generation`. */
const arrayOf = (lives: ChangeResult['membersAfter']): string =>
  lives.map(({ member, generation }) => `${member}.${generation}`).join(' ')

afterEach(() => refuseLeftovers(process.pid))

describe('a member that joins four', () => {
  it('takes half of all flows from their members, in the order of the array', async () => {
    const { result, sockets } = await churn(4, ['300ms:add'])
    const [add] = result.changes as [ChangeResult]
    expect(add.flows + add.dark).toBe(FLOWS)
    expectShare(add.moved, add.flows, 1 / 2)
    expect(add).toMatchObject({ orphans: 0, collateral: add.moved, minimum: { movedShare: 0.2 } })
    // [i/4, (i+1)/4) lies in slots i and i + 1 of five.
    add.transitions.forEach((row, from) =>
      expect(row.filter((count, to) => count > 0 && to !== from && to !== from + 1)).toEqual([]),
    )
    expect([...sockets], 'what the kernel lists').toEqual(expect.arrayContaining([4, 5]))
    expect(result.books, 'no socket was closed, so nothing can vanish').toMatchObject({
      unexplained: 0,
      lost: result.books.droppedAtMembers! + result.books.droppedAtClient,
    })
    expect(childrenOf(process.pid)).toEqual([])
  })
})

describe('a member that leaves four', () => {
  it.each([
    { index: 0, stays: 1 / 4, array: '3.0 1.0 2.0', lands: ['0.0>3.0'] },
    { index: 2, stays: 2 / 3, array: '0.0 1.0 3.0', lands: ['2.0>1.0', '2.0>3.0'] },
    { index: 3, stays: 1 / 2, array: '0.0 1.0 2.0', lands: ['3.0>2.0'] },
  ])('at index $index leaves $stays of all flows where they were', async ({ index, stays, array, lands }) => {
    const [removal] = await changesOf(4, [`300ms:remove:${index}`])
    expect(arrayOf(removal.membersAfter)).toBe(array)
    expectShare(removal.stayed, removal.flows, stays)
    expectShare(removal.orphans, removal.flows, 1 / 4)
    expect(removal.orphans).toBe(total(removal.transitions[index]!))
    expect(removal.moved).toBe(removal.orphans + removal.collateral)
    expect(ways(removal).filter((way) => way.startsWith(`${index}.`))).toEqual(lands)
  })
})

describe('a member that restarts', () => {
  it('stop then start, leaves the flows of the last one displaced', async () => {
    const [restart] = await changesOf(4, ['300ms:restart:1'])
    expect(arrayOf(restart.membersAfter)).toBe('0.0 3.0 2.0 1.1')
    expectShare(restart.orphans, restart.flows, 1 / 4)
    expectShare(restart.collateral, restart.flows, 1 / 4)
    expect(ways(restart)).toEqual(['0.0>0.0', '1.0>3.0', '2.0>2.0', '3.0>1.1'])
    expect(restart.settledNs, 'flows were elsewhere until the successor came').toBeGreaterThan(0)
  })

  it('start then stop, leaves none displaced: its successor has all its flows', async () => {
    const [restart] = await changesOf(4, ['300ms:restart:1:start-then-stop'])
    expect(ways(restart)).toEqual(['0.0>0.0', '1.0>1.1', '2.0>2.0', '3.0>3.0'])
    expect(restart).toMatchObject({ collateral: 0, orphans: restart.moved })
    expectShare(restart.orphans, restart.flows, 1 / 4)
  })

  it('and is the only one, is waited for', async () => {
    const [restart] = await changesOf(1, ['300ms:restart:0'])
    expect(ways(restart)).toEqual(['0.0>0.1'])
    expect(restart.orphans).toBe(restart.flows)
  })
})

describe('a group whose members are all replaced', () => {
  it('rolling, first-in-first-out and in reverse, ends with the array that the rule says', async () => {
    const [rolling, fifo, reverse] = await changesOf(3, [
      '300ms:replace:rolling',
      '800ms:replace:fifo',
      '1300ms:replace:reverse',
    ])
    expect(arrayOf(rolling.membersAfter)).toBe('1.1 0.1 2.1')
    expect(ways(rolling)).toEqual(['0.0>1.1', '1.0>0.1', '2.0>2.1'])
    expect(arrayOf(fifo!.membersAfter)).toBe('2.2 1.2 0.2')
    expect(ways(fifo!)).toEqual(['1.1>2.2', '0.1>1.2', '2.1>0.2'])
    expect(arrayOf(reverse!.membersAfter)).toBe('0.3 1.3 2.3')
    expect(ways(reverse!)).toEqual(['2.2>0.3', '1.2>1.3', '0.2>2.3'])
    for (const replacement of [rolling, fifo!, reverse!])
      expect(replacement).toMatchObject({
        moved: replacement.flows,
        orphans: replacement.flows,
        collateral: 0,
        stayed: 0,
        minimum: { movedShare: 1 },
      })
  })

  it('from a fresh array keeps k at k in reverse, and reverses it first-in-first-out', async () => {
    const [reverse] = await changesOf(3, ['300ms:replace:reverse'])
    expect(ways(reverse)).toEqual(['0.0>0.1', '1.0>1.1', '2.0>2.1'])
    const [fifo] = await changesOf(3, ['300ms:replace:fifo'])
    expect(ways(fifo)).toEqual(['0.0>2.1', '1.0>1.1', '2.0>0.1'])
  })
})

describe('a member that is killed', () => {
  it('makes orphans of its flows, and the run goes on', async () => {
    const { result } = await churn(3, ['300ms:kill:0', '800ms:add'])
    const [kill, add] = result.changes as [ChangeResult, ChangeResult]
    expect(result.stopped).toBeUndefined()
    expect(accusations(result)).toEqual([])
    expect(kill.orphans).toBe(total(kill.transitions[0]!))
    expectShare(kill.orphans, kill.flows, 1 / 3)
    expect(arrayOf(kill.membersAfter)).toBe('2.0 1.0')
    expectShare(add.moved, add.flows, 1 / 2)
    const { books } = result
    expect(books).toMatchObject({ noSocket: 0, unexplained: 0 })
    expect(books.lost).toBe(
      books.leftAtMembers! + books.closedWithSocket! + books.droppedAtMembers! + books.droppedAtClient,
    )
  })
})

describe('a member that stalls', () => {
  it('darkens its flows and no other, and brings them back when it resumes', async () => {
    const [stall, resume] = await changesOf(4, ['400ms:stall:2', '1s:resume:2'])
    expectShare(stall.dark, FLOWS, 1 / 4)
    expect(stall.darkFrom).toEqual([0, 0, stall.dark, 0])
    expect(stall.transitions[2]).toEqual([0, 0, 0, 0])
    expect(stall).toMatchObject({ moved: 0, stayed: FLOWS - stall.dark, membersAfter: stall.membersBefore })
    expect(stall.predicted.darkShare).toBe(1 / 4)
    expect(resume).toMatchObject({ returned: stall.dark, dark: 0, flows: FLOWS, stayed: FLOWS, moved: 0 })
  })

  it('hides which of its flows moved while it is silent, and nobody else’s', async () => {
    const [, add, resume] = await changesOf(4, ['400ms:stall:0', '1s:add', '1600ms:resume:0'])
    // Of slot 0 of four, a fifth goes to slot 1 of five, and the others of it stay in the dark.
    expectShare(add!.dark, FLOWS, 1 / 5)
    expect(add!.darkFrom).toEqual([add!.dark, 0, 0, 0])
    expectShare(add!.moved, add!.flows, 1 / 2 / (4 / 5))
    expect(add!.returned, 'those of it that moved').toBe(add!.transitions[0]![1])
    expect(resume).toMatchObject({
      returned: add!.dark,
      dark: 0,
      flows: FLOWS - add!.dark,
      moved: 0,
    })
  })

  it('leaves orphans when it is killed', async () => {
    const { result } = await churn(3, ['400ms:stall:1', '1s:kill:1'])
    const [stall, kill] = result.changes as [ChangeResult, ChangeResult]
    expect(kill).toMatchObject({ orphans: stall.dark, returned: stall.dark, dark: 0 })
    const { books } = result
    expect(books.leftAtMembers! + books.closedWithSocket!, 'what waited in its socket').toBeGreaterThan(0)
    expect(books.unexplained).toBe(0)
  })
})

describe('a run through changes that is interrupted', () => {
  it('keeps what was done, and lists what was not', async () => {
    const controller = new AbortController()
    let looks = 0
    const { result } = await churn(2, ['300ms:add', '10m:remove:0', '11m:replace'], {
      signal: controller.signal,
      // Long enough after the change for every flow to be seen.
      onSockets: (count) => {
        if (count === 3 && ++looks > 100) controller.abort()
      },
    })
    expect(result).toMatchObject({ stopped: 'interrupted', validity: { verdict: 'suspect' } })
    expect(result.changes.map(({ change }) => change)).toEqual(['add'])
    expectShare(result.changes[0]!.moved, result.changes[0]!.flows, 1 / 2)
    expect(result.skipped).toEqual(['remove 0', 'replace (rolling, stop-then-start)'])
    expect(childrenOf(process.pid)).toEqual([])
  })

  it('before the first change has none to show', async () => {
    const controller = new AbortController()
    const { result } = await churn(2, ['10m:add'], {
      signal: controller.signal,
      onProgress: ({ phase, figures }) => {
        if (phase === 'measuring' && figures.replied > 0) controller.abort()
      },
    })
    expect(result).toMatchObject({ stopped: 'interrupted', changes: [], skipped: ['add'] })
  })
})
