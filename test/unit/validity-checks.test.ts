import { describe, expect, it } from 'vitest'
import type { Observations } from '../../src/analysis/validity/observations.js'
import { validityOf } from '../../src/assembly/validity.js'
import { lostTo, healthy, openLoop, failed, checked, findingOf, withSchedule } from './sample-observations.js'

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
    ['lost-on-the-way', 'note', { onTheWay: { there: 3, back: 1, strangers: 0 } }],
    ['asked-again', 'note', { crossCheck: { synRetransmits: 2 }, longestConnectNs: 1.04e9 }],
    ['exposed', 'note', { exposed: { everyAddressOf: 'ipv4' as const } }],
  ])('%s is a finding, but no check that was passed or failed', (code, severity, change) => {
    const observed = { ...openLoop, ...change }
    expect(validityOf(observed).findings).toMatchObject([{ code, severity }])
    expect(failed(observed)).toEqual([])
  })
})

const stepForLoss = (onTheWay: NonNullable<Observations['onTheWay']>): string | undefined =>
  findingOf({ ...openLoop, onTheWay }, 'lost-on-the-way')?.nextStep

describe('requests that the network between two hosts lost', () => {
  it('may have come from a translated source, where members met strangers', () => {
    expect(stepForLoss({ there: 3, back: 0, strangers: 3 })).toContain('address translation')
    expect(stepForLoss({ there: 3, back: 0, strangers: 0 })).toContain('tc -s qdisc')
    expect(stepForLoss({ there: 0, back: 3, strangers: 2 })).toContain('tc -s qdisc')
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
