import { describe, expect, it } from 'vitest'
import { balanceBooks } from '../../src/analysis/books/ledger.js'
import type { Losses } from '../../src/analysis/books/losses.js'
import type { Observations } from '../../src/analysis/validity/observations.js'
import { validityOf } from '../../src/assembly/validity.js'
import { serverLedgers } from '../../src/assembly/server-ledgers.js'
import type { MemberCounters } from '../../src/recording/counters.js'
import { completePlan, type RunPlan, type RunRequest } from '../../src/plan/run-plan.js'
import { basisOf } from '../../src/plan/steering.js'
import { membersCsv } from '../../src/report/run/members-csv.js'
import { lineOf, render } from './render-sample.js'
import { sampleMember, sampleResult } from './sample-result.js'
import { refusalOf } from './refusal-of.js'

const plan = (request: RunRequest): RunPlan =>
  completePlan(request, {
    cpus: 8,
    ephemeralPorts: [32_768, 60_999],
    openFiles: { limit: 20_000, used: 30 },
  })

const messageOf = (request: RunRequest): string => refusalOf(() => plan(request))

describe('the dispatch of a plan', () => {
  it('is reuseport, with a process per CPU, unless something else is asked for', () => {
    expect(plan({})).toMatchObject({ dispatch: 'reuseport', procs: 8 })
    expect(plan({ dispatch: 'shared' })).toMatchObject({ dispatch: 'shared', procs: 8 })
    expect(plan({ dispatch: 'fan-out', procs: 3 })).toMatchObject({ dispatch: 'fan-out', procs: 3 })
  })

  it('single is one process', () => {
    expect(plan({ dispatch: 'single' }).procs).toBe(1)
    expect(plan({ dispatch: 'single', procs: 1 }).procs).toBe(1)
    expect(messageOf({ dispatch: 'single', procs: 4 })).toBe(
      '--dispatch single is one process, not 4: leave out --procs, or take another --dispatch: reuseport, shared, fan-out.',
    )
  })

  it.each(['shared', 'single', 'fan-out'] as const)('%s takes no steering and shows no hash', (dispatch) => {
    expect(messageOf({ dispatch, steering: 'random' })).toMatch(
      new RegExp(`^--steering random and --dispatch ${dispatch} exclude each other: .*--dispatch reuseport`),
    )
    expect(messageOf({ dispatch, observeHash: true })).toMatch(
      new RegExp(`^--observe-hash and --dispatch ${dispatch} exclude each other: .*--dispatch reuseport`),
    )
    expect(plan({ dispatch, steering: 'hash' }).steering).toBe('hash')
  })

  it('decides with the steering whether a flow has a member', () => {
    expect(basisOf({})).toBe('flow')
    expect(basisOf({ dispatch: 'shared' })).toBe('datagram')
    expect(basisOf({ dispatch: 'single', steering: 'hash' })).toBe('flow')
    expect(basisOf({ dispatch: 'fan-out' })).toBe('flow')
    expect(basisOf({ steering: 'random' })).toBe('datagram')
    expect(basisOf(plan({ steering: 'cpu' }))).toBe('cpu')
  })
})

/** Counters as a member has them that did nothing but what is given. */
function counted(changes: Partial<MemberCounters>): MemberCounters {
  return {
    state: 1,
    answered: 0,
    taken: [0, 0],
    echoed: [0, 0],
    echoErrors: [0, 0],
    strangers: 0,
    drops: 0,
    queuedBytes: 0,
    receiveBufferBytes: 4096,
    emptied: 0,
    cpuNs: 0,
    left: [0, 0],
    goneNs: 0,
    threadId: 0,
    servedNs: 0,
    ...changes,
  }
}

const lives = [
  {
    before: counted({ drops: 3 }),
    after: counted({ taken: [7, 40], strangers: 1, drops: 23, left: [0, 2] }),
    gone: false,
  },
  { before: counted({ drops: 5 }), after: counted({ taken: [9, 50], drops: 35, left: [0, 4] }), gone: false },
]

describe('what servers counted', () => {
  it('adds up where each has a socket of its own', () => {
    const { ahead, udp, dropsSinceOpened, members } = serverLedgers('reuseport', { lives })
    expect(members.map((m) => m.drops)).toEqual([20, 30])
    expect(ahead).toEqual({ drops: 0, left: 0, strangers: 0 })
    expect([udp, dropsSinceOpened]).toEqual([{ read: 91, drops: 50 }, 58])
  })

  it('of one socket counts once, as who looked last saw it', () => {
    const { ahead, udp, dropsSinceOpened, members } = serverLedgers('shared', { lives })
    expect(members.map(({ drops, left }) => [drops, left])).toEqual([
      [0, 2],
      [0, 4],
    ])
    expect(ahead).toEqual({ drops: 30, left: 0, strangers: 0 })
    expect([udp, dropsSinceOpened]).toEqual([{ read: 91, drops: 30 }, 35])
  })

  it('of a front stands apart from what it could not hand on to members', () => {
    const read = { handedOn: [0, 0] as [number, number], receiveBufferBytes: 0, cpuNs: 0 }
    const front = {
      pid: 1,
      before: {
        ...read,
        taken: [5, 0] as [number, number],
        strangers: 1,
        drops: 2,
        left: [0, 0] as [number, number],
      },
      after: {
        ...read,
        taken: [5, 146] as [number, number],
        strangers: 4,
        drops: 12,
        left: [0, 6] as [number, number],
      },
    }
    const { ahead, udp, dropsSinceOpened, members } = serverLedgers('fan-out', { lives, front })
    expect(members.map((m) => m.drops)).toEqual([20, 30])
    expect(ahead).toEqual({ drops: 10, left: 6, strangers: 3 })
    expect([udp, dropsSinceOpened]).toEqual([{ read: 149, drops: 10 }, 12])
    // 146 came to the front: 90 were taken, 50 not handed on, 6 left to the members
    const nothing = {
      sendErrors: 0,
      unsent: 0,
      late: 0,
      duplicates: 0,
      reordered: 0,
      dropped: 0,
      strangers: 0,
    }
    expect(balanceBooks({ ...nothing, sent: 162, replied: 0 }, members, ahead)).toMatchObject({
      droppedAtMembers: 60,
      leftAtMembers: 12,
      strangersAtMembers: 4,
      unexplainedRequests: 0,
    })
  })
})

describe('the report', () => {
  const { group, books } = sampleResult()
  const front = {
    pid: 4711,
    taken: 1000,
    handedOn: 990,
    drops: 7,
    strangers: 0,
    cpuNs: 2_000_000,
    receiveBufferBytes: 212_992,
  }

  it('says in its head how datagrams come to members, where that is not the usual', () => {
    expect(render(sampleResult())).not.toContain('dispatch')
    expect(render(sampleResult({ group: { ...group, dispatch: 'shared' } }))).toMatch(
      /^rpbench run .* · dispatch shared · /,
    )
  })

  it('of a shared socket accuses no hash, and has no drops by member', () => {
    const members = [0, 1].map((index) => {
      const { drops: _, ...member } = sampleMember(index, 50)
      return member
    })
    const affinity = {
      flows: 100,
      moved: 90,
      unanswered: 0,
      unasked: 0,
      expected: false as const,
      violations: [],
    }
    const result = sampleResult({
      members,
      affinity,
      group: { ...group, dispatch: 'shared' },
      books: { ...books, droppedAtMembers: 12 },
    })
    const text = render(result)
    expect(lineOf(text, 'balance')).toMatch(/by datagram .* members take from one socket as they come to it/)
    expect(lineOf(text, 'affinity')).toMatch(/none 90 of 100 flows .* members share one socket/)
    expect(lineOf(text, 'books')).toContain('12 dropped at the shared socket')
    expect(text).toMatch(/^ +0 .* 3,750 +- /m)
    const [header, row] = membersCsv(result)
      .split('\n')
      .map((line) => line.split(','))
    expect(row![header!.indexOf('drops')]).toBe('')
  })

  it('has a line on the front: what it did, what it lost, what it cost', () => {
    const members = [sampleMember(0, 10, { drops: 10 }), sampleMember(1, 10)]
    const result = sampleResult({
      members,
      front,
      durationNs: 10_000_000,
      group: { ...group, dispatch: 'fan-out' },
    })
    expect(lineOf(render(result), 'front')).toBe(
      'front pid 4711 · 1,000 taken, 990 handed on · 7 dropped at its socket · 10 dropped in handing on · 20 % of a CPU, 2 µs a datagram',
    )
    const dead = { ...result, front: { ...front, died: 'was killed by SIGKILL' } }
    expect(lineOf(render(dead), 'front')).toMatch(/^front died pid 4711 · was killed by SIGKILL · /)
    expect(render(sampleResult())).not.toMatch(/^ front/m)
  })
})

const NOTHING_LOST: Losses = {
  sent: 100,
  answered: 100,
  lost: 0,
  to: { queues: 0, work: 0, echo: 0, socket: 0, client: 0, unseen: 0, 'way-there': 0, 'way-back': 0 },
}

describe('the checks of a run with a front', () => {
  const observed: Observations = {
    experiment: 'run',
    deaths: [],
    strangers: [],
    closingsUnheard: false,
    losses: NOTHING_LOST,
    atStrangers: { least: 0, most: 0 },
    unexplained: 0,
    replayed: 0,
    interrupted: false,
    waves: 1,
    waveSize: 100,
    portsReplaced: 0,
    engine: 'io_uring',
    sharedSockets: 0,
    devices: 0,
    ownNetwork: false,
    receiveBuffer: { got: 4096 },
    droppedAtMembers: 0,
    droppedAtSilent: 0,
    standstill: { silent: [], stoodStill: [], leftBehind: [] },
    measuredNs: 10e9,
    droppedAtClient: 0,
    sendErrors: [],
    refused: 0,
    unansweredFlows: 0,
    unaskedFlows: 0,
    flowsGivenUp: 0,
    front: { drops: 0 },
    load: { workers: 1, members: 2, inFlight: 64, dispatch: 'fan-out' },
    cpu: { allowedCpus: 3, busyNs: 0, interruptNs: 0, stealNs: 0, totalNs: 15e9, ownNs: 0 },
  }
  const findingOf = (changes: Partial<Observations>, code: string) =>
    validityOf({ ...observed, ...changes }).findings.find((finding) => finding.code === code)

  it('name it when it died', () => {
    expect(findingOf({ front: { drops: 0, died: 'was killed by SIGKILL' } }, 'front-died')).toMatchObject({
      severity: 'invalid',
      message: expect.stringMatching(/^The front was killed by SIGKILL: /) as string,
    })
    expect(validityOf(observed).checks).toContainEqual({
      code: 'front-died',
      measured: 0,
      limit: 0,
      passed: true,
    })
    const { front: _, ...without } = observed
    expect(validityOf(without).checks.map(({ code }) => code)).not.toContain('front-died')
  })

  it('count it among those that want a CPU', () => {
    expect(findingOf({}, 'shared-cores')).toMatchObject({
      measured: 4,
      message: '1 client thread, 2 members and their front share 3 CPUs: they take time from each other.',
      nextStep: 'For latencies free of that, --procs 1, or allow the run more CPUs.',
    })
    expect(findingOf({ load: { ...observed.load, dispatch: 'shared' } }, 'shared-cores')).toBeUndefined()
  })

  it('say which queues overflowed', () => {
    expect(findingOf({ droppedAtMembers: 1500, front: { drops: 1200 } }, 'member-drops')?.message).toBe(
      "Queues overflowed, at the front's socket (4096 bytes) 1,200, in handing on to members 300: 1,500 datagrams dropped.",
    )
    const { front: _, ...without } = observed
    expect(
      validityOf({
        ...without,
        droppedAtMembers: 2,
        load: { ...observed.load, dispatch: 'shared' },
      }).findings.find(({ code }) => code === 'member-drops')?.message,
    ).toBe('The receive buffer that members share (4096 bytes) overflowed: 2 datagrams dropped.')
  })
})
