import { describe, expect, it } from 'vitest'
import type { LossCause, Losses } from '../../src/analysis/books/losses.js'
import type { Observations } from '../../src/analysis/validity/observations.js'
import { validityOf } from '../../src/assembly/validity.js'

/** Of 1,000 requests, so many lost to each of these causes; the others were answered. */
function lostTo(to: Partial<Record<LossCause, number>>): Losses {
  const nothing = {
    queues: 0,
    work: 0,
    echo: 0,
    socket: 0,
    client: 0,
    unseen: 0,
    'way-there': 0,
    'way-back': 0,
  }
  const lost = Object.values(to).reduce((sum, count) => sum + count, 0)
  return { sent: 1000, answered: 1000 - lost, lost, to: { ...nothing, ...to } }
}

/**
 * A closed-loop run of 5 s as it is on a small virtual machine: two CPUs, which one client thread and two members
 * keep busy between them, some steal, some daemons. All that can be measured is there.
 */
const healthy = {
  experiment: 'run',
  deaths: [],
  strangers: [],
  closingsUnheard: false,
  losses: lostTo({}),
  atStrangers: { least: 0, most: 0 },
  unexplained: 0,
  replayed: 0,
  interrupted: false,
  waves: 1,
  waveSize: 1000,
  portsReplaced: 0,
  engine: 'io_uring',
  sharedSockets: 0,
  devices: 0,
  receiveBuffer: { got: 212_992 },
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
  load: { workers: 1, members: 2, inFlight: 64 },
  clientCpuShares: [0.93],
  inFlight: {
    integralNs: 64 * 4.9e9,
    answeredNs: 64 * 4.85e9,
    answered: 365_000,
    givenUp: 0,
    givenUpNs: 0,
    mean: 62.7,
    waves: 1,
  },
  cpu: {
    allowedCpus: 2,
    busyNs: 9.7e9,
    interruptNs: 2e9,
    stealNs: 0.08e9,
    totalNs: 10e9,
    ownNs: 9.2e9,
    interruptsInOwn: true,
  },
  throttled: { count: 0, ns: 0 },
  crossCheck: {
    snmpInDatagrams: 730_040,
    snmpReceiveBufferErrors: 3,
    ourInDatagrams: 730_000,
    ourDrops: 0,
    procNetUdpDrops: 7,
    meminfoDrops: 7,
  },
} satisfies Observations

/** The same under 20,000 requests a second, with three CPUs for it, all on time. */
const openLoop = {
  ...healthy,
  load: { ...healthy.load, rateHz: 20_000 },
  clientCpuShares: [0.4],
  cpu: { ...healthy.cpu, allowedCpus: 3, totalNs: 15e9 },
  schedule: { offered: 100_000, sent: 100_000, achieved: 1, lagP99Ns: 1.2e6, responseP99Ns: 900e3 },
} satisfies Observations

const failed = (observed: Observations): string[] =>
  validityOf(observed)
    .checks.filter((check) => !check.passed)
    .map((check) => check.code)
const checked = (observed: Observations): string[] => validityOf(observed).checks.map(({ code }) => code)
const findingOf = (observed: Observations, code: string) =>
  validityOf(observed).findings.find((finding) => finding.code === code)

const withSchedule = (change: Partial<NonNullable<Observations['schedule']>>): Observations => ({
  ...openLoop,
  schedule: { ...openLoop.schedule, ...change },
})
const stepOf = (errnos: string[]): string | undefined =>
  findingOf({ ...openLoop, sendErrors: errnos.map((errno) => ({ errno, count: 1 })) }, 'send-errors')
    ?.nextStep

const pinnedTo = (
  members?: number[],
  workers?: number[],
  change: Partial<Observations> = {},
): Observations => ({
  ...healthy,
  ...change,
  pinned: { ...(members && { members }), ...(workers && { workers }) },
})

describe('a healthy run', () => {
  it('is not accused in a closed loop on two CPUs, only told that they are shared', () => {
    const { verdict, findings } = validityOf(healthy)
    expect(verdict).toBe('valid')
    expect(findings.map((f) => [f.code, f.severity])).toEqual([['shared-cores', 'note']])
  })

  it('is not accused in an open loop, and passes every check there is', () => {
    const { verdict, findings, checks } = validityOf(openLoop)
    expect(verdict).toBe('valid')
    expect(findings).toEqual([])
    expect(checks.map((check) => check.code)).toEqual([
      'member-died',
      'member-silent',
      'member-stood-still',
      'stranger-joined',
      'unanswered-share',
      'echo-errors',
      'books-do-not-balance',
      'replayed',
      'port-unreachable',
      'proc-net-udp-drops',
      'snmp',
      'schedule-lag',
      'achieved-rate',
      'client-cpu',
      'send-errors',
      'client-drops',
      'littles-law',
      'throttled',
      'steal',
      'busy-neighbour',
      'shared-cores',
    ])
    expect(checks.every((check) => check.passed)).toBe(true)
  })

  it('is judged by what was measured, whatever the host does not tell', () => {
    const { schedule, clientCpuShares, inFlight, cpu, throttled, crossCheck, ...rest } = openLoop
    expect([schedule, clientCpuShares, inFlight, cpu, throttled, crossCheck]).not.toContain(undefined)
    const { verdict, checks } = validityOf(rest)
    expect(verdict).toBe('valid')
    expect(checks.map((check) => check.code)).toEqual([
      'member-died',
      'member-silent',
      'member-stood-still',
      'stranger-joined',
      'unanswered-share',
      'echo-errors',
      'books-do-not-balance',
      'replayed',
      'port-unreachable',
      'send-errors',
      'client-drops',
    ])
  })
})

const NAMED = {
  owner: 'process 4711 (named)',
  firstSeenNs: 1.2e9,
  lastSeenNs: 1.5e9,
  drops: 0,
  queuedBytes: 768,
}

const strangerMessage = (least: number, most: number): string | undefined =>
  findingOf({ ...openLoop, strangers: [NAMED], atStrangers: { least, most } }, 'stranger-joined')?.message

describe('a stranger on the port', () => {
  it('is named, with when it was seen, and what it took as far as can be known', () => {
    expect(strangerMessage(2631, 3004)).toBe(
      "process 4711 (named), seen from 1.2 s to 1.5 s of the measured phase, joined the group's port and took a part of its flows: 2,631 requests at least, 3,004 by what is missing elsewhere.",
    )
    expect(strangerMessage(1, 1)).toMatch(/ flows: 1 request\.$/)
    const many = { ...NAMED, sockets: 3, lastSeenNs: NAMED.firstSeenNs }
    expect(findingOf({ ...openLoop, strangers: [many] }, 'stranger-joined')?.message).toMatch(
      /^process 4711 \(named\), with 3 sockets, seen at 1\.2 s of the measured phase, joined /,
    )
    expect(strangerMessage(0, 0)).toMatch(/ flows: no request is missed\.$/)
  })

  it('is what the books lack, rather than the network path', () => {
    const finding = findingOf({ ...openLoop, strangers: [NAMED], unexplained: 3 }, 'books-do-not-balance')
    expect(finding?.message).toMatch(/ did with them cannot be seen\.$/)
    expect(finding?.nextStep).not.toContain('network')
  })
})

describe('each check trips, alone, on what it is for', () => {
  const { cpu, inFlight, schedule, crossCheck } = openLoop
  const cases: [string, 'note' | 'suspect' | 'invalid', Partial<Observations>][] = [
    ['member-died', 'invalid', { deaths: [{ index: 1, why: 'was killed by SIGKILL' }] }],
    ['stranger-joined', 'invalid', { strangers: [NAMED] }],
    ['unanswered-share', 'suspect', { losses: lostTo({ queues: 901 }) }],
    ['unanswered-share', 'invalid', { losses: lostTo({ 'way-there': 501 }) }],
    ['unanswered-share', 'invalid', { losses: lostTo({ queues: 200, 'way-back': 501 }) }],
    ['unanswered-share', 'invalid', { losses: lostTo({ queues: 1000 }) }],
    ['echo-errors', 'suspect', { losses: lostTo({ echo: 1 }) }],
    ['books-do-not-balance', 'suspect', { unexplained: 1 }],
    ['replayed', 'suspect', { replayed: 1 }],
    ['port-unreachable', 'suspect', { refused: 1 }],
    ['proc-net-udp-drops', 'suspect', { crossCheck: { ...crossCheck, procNetUdpDrops: 6 } }],
    ['snmp', 'suspect', { crossCheck: { ...crossCheck, snmpInDatagrams: 729_999 } }],
    ['snmp', 'suspect', { crossCheck: { ...crossCheck, ourDrops: 4 } }],
    ['schedule-lag', 'suspect', { schedule: { ...schedule, lagP99Ns: 2.1e6 } }],
    ['achieved-rate', 'invalid', { schedule: { ...schedule, achieved: 0.989 } }],
    ['achieved-rate', 'suspect', { schedule: { ...schedule, achieved: 0.993 } }],
    ['client-cpu', 'suspect', { clientCpuShares: [0.4, 0.97] }],
    ['send-errors', 'suspect', { sendErrors: [{ errno: 'ENOBUFS', count: 3 }] }],
    ['client-drops', 'suspect', { droppedAtClient: 1 }],
    ['littles-law', 'suspect', { inFlight: { ...inFlight, answeredNs: 0.94 * inFlight.integralNs } }],
    ['littles-law', 'suspect', { inFlight: { ...inFlight, answeredNs: 1.06 * inFlight.integralNs } }],
    ['throttled', 'suspect', { throttled: { count: 1, ns: 40e6 } }],
    ['steal', 'suspect', { cpu: { ...cpu, stealNs: 0.021 * cpu.totalNs } }],
    ['busy-neighbour', 'suspect', { cpu: { ...cpu, busyNs: cpu.ownNs + 0.11 * cpu.totalNs } }],
    ['shared-cores', 'note', { load: { ...openLoop.load, members: 3 } }],
    ['shared-cores', 'suspect', { cpu: { ...cpu, allowedCpus: 1, totalNs: 10e9 } }],
  ]
  it.each(cases)('%s, %s', (code, severity, change) => {
    const observed = { ...openLoop, ...change }
    expect(failed(observed)).toEqual([code])
    const { verdict, findings } = validityOf(observed)
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ code, severity })
    expect(findings[0]!.message).toMatch(/\.$/)
    expect(findings[0]!.nextStep).toMatch(/^[A-Z].*\.$/)
    expect(verdict).toBe(severity === 'note' ? 'valid' : severity)
  })
})

describe('the checks of a schedule', () => {
  it('measure lateness against the response times it is part of', () => {
    expect(failed(withSchedule({ lagP99Ns: 4e6, responseP99Ns: 50e6 }))).toEqual([])
    expect(failed(withSchedule({ lagP99Ns: 6e6, responseP99Ns: 50e6 }))).toEqual(['schedule-lag'])
  })

  it('leave lateness aside where one stall would be a hundredth of the run', () => {
    expect(failed(withSchedule({ offered: 19_000, lagP99Ns: 9e6 }))).toEqual([])
    expect(failed(withSchedule({ offered: 20_000, lagP99Ns: 9e6 }))).toEqual(['schedule-lag'])
  })

  it('name the limit that was crossed', () => {
    expect(findingOf(withSchedule({ achieved: 0.9 }), 'achieved-rate')?.limit).toBe(0.99)
    expect(findingOf(withSchedule({ achieved: 0.993 }), 'achieved-rate')?.limit).toBe(0.995)
  })

  it('forgive a short run the one request that fell to its end', () => {
    expect(failed(withSchedule({ offered: 50, sent: 49, achieved: 49 / 50 }))).toEqual([])
    expect(
      findingOf(withSchedule({ offered: 50, sent: 48, achieved: 48 / 50 }), 'achieved-rate')?.severity,
    ).toBe('invalid')
  })

  it('are not made of a schedule that had nothing due', () =>
    expect(validityOf(withSchedule({ offered: 0, sent: 0 })).checks.map((c) => c.code)).not.toContain(
      'achieved-rate',
    ))
})

describe('a busy client', () => {
  it('is only worth a note in a closed loop: it sets the rate there', () => {
    const observed = { ...healthy, clientCpuShares: [0.99] }
    expect(findingOf(observed, 'client-cpu')).toMatchObject({
      severity: 'note',
      message:
        'A client thread used 99 % of a CPU: the client, not the group, sets the rate of this closed loop.',
    })
    expect(validityOf(observed).verdict).toBe('valid')
  })

  it('is told to take more threads only where there are CPUs for them', () => {
    const busy = { ...openLoop, clientCpuShares: [0.99] }
    const onCpus = (allowedCpus: number): string | undefined =>
      findingOf({ ...busy, cpu: { ...busy.cpu, allowedCpus } }, 'client-cpu')?.nextStep
    expect(onCpus(8)).toBe('Add --workers (now 1), or lower --rate (now 20,000/s).')
    expect(onCpus(3)).toBe(
      'Lower --rate (now 20,000/s), lower --procs (now 2), or allow the run more CPUs: ' +
        '1 client thread and 2 members share 3 CPUs, so more --workers would not help.',
    )
  })

  it('is told of --in-flight in a closed loop', () =>
    expect(findingOf({ ...healthy, droppedAtClient: 2 }, 'client-drops')).toMatchObject({
      message: "2 replies were dropped at the client's own sockets: it was too slow to take them.",
      nextStep: expect.stringMatching(/^Lower --in-flight \(now 64\)/) as string,
    }))
})

const foundOf = (losses: Losses, change: Partial<Observations> = {}) =>
  findingOf({ ...openLoop, ...change, losses }, 'unanswered-share')

describe('requests that nobody answered', () => {
  it.each([0, 500, 609, 900])('accuse nobody where a full queue accounts for %d of 1,000', (queues) =>
    expect(validityOf({ ...openLoop, losses: lostTo({ queues }) })).toMatchObject({
      verdict: 'valid',
      findings: [],
    }),
  )

  it('are what was measured where changes of the group cost them, unless it is all', () => {
    const churn = { experiment: 'churn' } as const
    expect(foundOf(lostTo({ socket: 600, queues: 350 }), churn)).toBeUndefined()
    expect(foundOf(lostTo({ socket: 600, queues: 400 }), churn)?.severity).toBe('invalid')
    expect(foundOf(lostTo({ echo: 600 }), churn)?.severity).toBe('invalid')
  })

  it('are told with what they were lost to', () => {
    expect(foundOf(lostTo({ echo: 1000 }))).toMatchObject({
      message: 'None of 1,000 requests was answered.',
      nextStep: 'See what keeps members from sending: a seccomp profile, a packet filter.',
    })
    expect(foundOf(lostTo({ queues: 300, 'way-there': 600 }))).toMatchObject({
      message: '90.0 % of 1,000 requests were never answered.',
      nextStep: 'See what filters this host’s traffic (nft list ruleset, iptables -S).',
      limit: 0.5,
    })
    expect(foundOf(lostTo({ queues: 950 }))?.nextStep).toBe(
      'Lower --rate (now 20,000/s), or see whether members stand still: figures are of the few that were answered.',
    )
  })

  it('are no share of nothing', () =>
    expect(checked({ ...openLoop, losses: { ...lostTo({}), sent: 0, answered: 0 } })).not.toContain(
      'unanswered-share',
    ))

  it('are said once where they are all: not of each flow again', () =>
    expect(
      findingOf({ ...openLoop, losses: lostTo({ echo: 1000 }), unansweredFlows: 9 }, 'flows-unanswered'),
    ).toBe(undefined))
})

describe('send errors', () => {
  it('lead to the load or to a filter, by their kind', () => {
    expect(stepOf(['EAGAIN'])).toBe('Lower --rate (now 20,000/s).')
    expect(stepOf(['EPERM'])).toBe("Look at what filters or limits this host's traffic.")
    expect(stepOf(['ENOBUFS', 'EPERM'])).toBe(
      "Lower --rate (now 20,000/s), and look at what filters or limits this host's traffic.",
    )
  })
})

describe("Little's law", () => {
  it.each([
    ['too few requests', { answered: 999, mean: 1 }],
    ['as many in flight at the end as make a difference', { answered: 6000 }],
    ['waves, which all end with requests in flight', { waves: 60 }],
    ['requests given up, whose time is in no latency', { givenUp: 40, givenUpNs: 40e9 }],
    ['nothing in flight', { integralNs: 0 }],
  ])('is not held against a run with %s', (_name, change) => {
    const { checks } = validityOf({ ...healthy, inFlight: { ...healthy.inFlight, ...change } })
    expect(checks.map((check) => check.code)).not.toContain('littles-law')
  })
})

describe('the CPU time of others', () => {
  const others = (cpu: NonNullable<Observations['cpu']>): number | undefined =>
    validityOf({ ...healthy, cpu }).checks.find((c) => c.code === 'busy-neighbour')?.measured
  const { interruptsInOwn, ...unknown } = {
    ...healthy.cpu,
    busyNs: 10e9,
    ownNs: 7e9,
    interruptNs: 2e9,
    totalNs: 10e9,
  }

  it('is what is busy and not ours, where tasks pay for interrupts', () =>
    expect(others({ ...unknown, interruptsInOwn })).toBeCloseTo(0.3, 12))

  it('leaves interrupts out where nobody pays for them, or where that is not known', () => {
    expect(others({ ...unknown, interruptsInOwn: false })).toBeCloseTo(0.1, 12)
    expect(others(unknown)).toBeCloseTo(0.1, 12)
  })

  it('is never below nothing, and not told from ticks too few to say', () => {
    expect(others({ ...unknown, ownNs: 11e9 })).toBe(0)
    expect(others({ ...unknown, totalNs: 1.9e9 })).toBeUndefined()
  })
})

describe('shared cores', () => {
  it('come with the number of members that would leave the client one', () => {
    expect(findingOf(healthy, 'shared-cores')?.nextStep).toBe(
      'For latencies free of that, --procs 1, or allow the run more CPUs.',
    )
    const crowded = { ...healthy, load: { ...healthy.load, workers: 2 } }
    expect(findingOf(crowded, 'shared-cores')?.nextStep).toBe('Allow the run more CPUs.')
  })
})

describe('cores shared by pinning', () => {
  it('are named where client threads and members are pinned to the same CPU', () => {
    const observed = pinnedTo([0, 0, 1, 2], [1, 2, 3])
    expect(findingOf(observed, 'shared-cores')).toMatchObject({
      severity: 'note',
      measured: 2,
      limit: 0,
      message: 'Client threads and members are both pinned to CPUs 1, 2: they take time from each other.',
      nextStep: 'Give --pin-members and --pin-workers CPUs apart from each other.',
    })
  })

  it('make a run suspect where that is all the CPUs that it has', () =>
    expect(findingOf(pinnedTo([3, 3], [3]), 'shared-cores')).toMatchObject({
      severity: 'suspect',
      message: expect.stringMatching(/both pinned to CPU 3: while one works, the others wait/) as string,
    }))

  it('are none where pinning keeps both apart, however many members there are', () => {
    const crowd = pinnedTo([0, 0, 0, 0], [1], { load: { ...healthy.load, members: 4 } })
    expect(failed(crowd)).toEqual([])
    const { cpu: _, ...unknown } = crowd
    expect(validityOf(unknown).checks.find((c) => c.code === 'shared-cores')).toMatchObject({ passed: true })
  })

  it('may be there where only one side is pinned, and there is no CPU left for the other', () => {
    expect(findingOf(pinnedTo([0, 1]), 'shared-cores')).toMatchObject({
      severity: 'note',
      measured: 3,
      limit: 2,
      message:
        '1 client thread and 2 members share 2 CPUs, and only members are pinned (CPUs 0, 1): they may take time from each other.',
    })
    expect(findingOf(pinnedTo(undefined, [1]), 'shared-cores')?.message).toMatch(
      /only client threads are pinned \(CPU 1\)/,
    )
    expect(failed(pinnedTo([0, 0]))).toEqual([])
  })

  it('are not told to be relieved by threads that take turns on them', () => {
    const busy = pinnedTo([0], [1], { ...openLoop, clientCpuShares: [0.99] })
    expect(findingOf(busy, 'client-cpu')?.nextStep).toBe(
      'Give --pin-workers more CPUs that no member uses, with as many --workers (now 1), or lower --rate (now 20,000/s).',
    )
  })
})

describe('remarks', () => {
  it.each([
    ['interrupted', 'suspect', { interrupted: true }],
    ['member-drops', 'note', { droppedAtMembers: 12 }],
    ['receive-buffer-clamped', 'note', { receiveBuffer: { asked: 4_194_304, got: 425_984, most: 212_992 } }],
    ['flows-unanswered', 'note', { unansweredFlows: 2 }],
    ['flows-unasked', 'note', { unaskedFlows: 3 }],
    ['flows-given-up', 'suspect', { flowsGivenUp: 4 }],
    ['waves', 'note', { waves: 3 }],
    ['shared-sockets', 'note', { sharedSockets: 16 }],
    ['shared-device', 'note', { devices: 2 }],
    ['ports-replaced', 'note', { portsReplaced: 1 }],
    ['closings-unheard', 'note', { closingsUnheard: true }],
    ['lost-on-the-way', 'note', { onTheWay: { there: 3, back: 1 } }],
    ['asked-again', 'note', { crossCheck: { synRetransmits: 2 }, longestConnectNs: 1.04e9 }],
    ['exposed', 'note', { exposed: { everyAddressOf: 'ipv4' as const } }],
  ])('%s is a finding, but no check that was passed or failed', (code, severity, change) => {
    const observed = { ...openLoop, ...change }
    expect(validityOf(observed).findings).toMatchObject([{ code, severity }])
    expect(failed(observed)).toEqual([])
  })
})

describe('over TCP', () => {
  const overTcp = { ...openLoop, load: { ...openLoop.load, overTcp: true as const } }

  it.each([
    [{ synRetransmits: 2 }, '--flows'],
    [{ synRetransmits: 2, listenDrops: 9 }, '--backlog'],
  ])('says what connect times of a second are, and what to try: %j', (crossCheck, flag) => {
    const finding = findingOf({ ...overTcp, crossCheck, longestConnectNs: 1.04e9 }, 'asked-again')
    expect(finding?.message).toContain('2 times')
    expect(finding?.nextStep).toContain(flag)
    // Somebody else's, where none of ours took so long.
    expect(findingOf({ ...overTcp, crossCheck, longestConnectNs: 9e6 }, 'asked-again')).toBeUndefined()
  })

  it('looks for no filter where a reply could not be sent, since its connection had ended', () =>
    expect(findingOf({ ...overTcp, losses: lostTo({ echo: 1 }) }, 'echo-errors')).toMatchObject({
      message: 'Members could not send 1 reply: the connection had ended.',
      nextStep: expect.stringContaining('--timeout') as string,
    }))

  it.each([
    ['books-do-not-balance', { unexplained: 3 }, '3 requests cannot be accounted for'],
    ['exposed', { exposed: { everyAddressOf: 'ipv4' as const } }, 'answer only requests of this run'],
    ['closings-unheard', { closingsUnheard: true }, 'INET_TCP_DIAG'],
  ])('%s is said of no datagrams', (code, change, words) => {
    const finding = findingOf({ ...overTcp, ...change }, code)
    const text = `${finding?.message} ${finding?.nextStep}`
    expect(text).toContain(words)
    expect(text).not.toMatch(/datagram/i)
  })
})

describe('a run through changes', () => {
  const changing = { ...openLoop, experiment: 'churn' } satisfies Observations

  it('is judged by the same checks, but for what its changes may bring about', () => {
    expect(checked(changing)).toEqual(checked(openLoop).filter((code) => code !== 'port-unreachable'))
    expect(validityOf(changing)).toMatchObject({ verdict: 'valid', findings: [] })
    const costly = { ...changing, refused: 9, droppedAtMembers: 12, unansweredFlows: 2 }
    expect(validityOf(costly).findings).toEqual([])
  })

  it('is not the load that was meant where the client sent a third of it', () =>
    expect(validityOf({ ...changing, schedule: { ...openLoop.schedule, achieved: 0.38 } })).toMatchObject({
      verdict: 'invalid',
      findings: [{ code: 'achieved-rate', severity: 'invalid', measured: 0.38, limit: 0.99 }],
    }))

  it('says which member died that no change asked for', () =>
    expect(
      findingOf({ ...changing, deaths: [{ index: 1, why: 'was killed by SIGKILL' }] }, 'member-died')
        ?.message,
    ).toBe('Member 1 was killed by SIGKILL, which no change asked for.'))

  it('says which changes it did not come to', () => {
    const unseen = { ...changing, changesUnseen: ['add', 'kill 1'] }
    expect(validityOf(unseen).findings).toMatchObject([
      { code: 'changes-unseen', severity: 'suspect', measured: 2 },
    ])
    expect(validityOf({ ...unseen, interrupted: true }).findings.map(({ message }) => message)).toEqual([
      'The run was interrupted: 2 of the changes were not carried out, or not seen.',
    ])
  })
})

describe('checks of a schedule and of a closed loop', () => {
  it('are made of the load that they are about', () => {
    const codes = validityOf({ ...healthy, schedule: openLoop.schedule }).checks.map(({ code }) => code)
    expect(codes).not.toContain('schedule-lag')
    expect(codes).not.toContain('achieved-rate')
  })
})
