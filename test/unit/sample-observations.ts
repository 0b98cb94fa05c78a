import type { LossCause, Losses } from '../../src/analysis/books/losses.js'
import type { Observations } from '../../src/analysis/validity/observations.js'
import { validityOf } from '../../src/assembly/validity.js'

/** Of 1,000 requests, so many lost to each of these causes; the others were answered. */
export function lostTo(to: Partial<Record<LossCause, number>>): Losses {
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
export const healthy = {
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
  ownNetwork: false,
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
export const openLoop = {
  ...healthy,
  load: { ...healthy.load, rateHz: 20_000 },
  clientCpuShares: [0.4],
  cpu: { ...healthy.cpu, allowedCpus: 3, totalNs: 15e9 },
  schedule: { offered: 100_000, sent: 100_000, achieved: 1, lagP99Ns: 1.2e6, responseP99Ns: 900e3 },
} satisfies Observations

export const failed = (observed: Observations): string[] =>
  validityOf(observed)
    .checks.filter((check) => !check.passed)
    .map((check) => check.code)
export const checked = (observed: Observations): string[] =>
  validityOf(observed).checks.map(({ code }) => code)
export const findingOf = (observed: Observations, code: string) =>
  validityOf(observed).findings.find((finding) => finding.code === code)

export const withSchedule = (change: Partial<NonNullable<Observations['schedule']>>): Observations => ({
  ...openLoop,
  schedule: { ...openLoop.schedule, ...change },
})
export const stepOf = (errnos: string[]): string | undefined =>
  findingOf({ ...openLoop, sendErrors: errnos.map((errno) => ({ errno, count: 1 })) }, 'send-errors')
    ?.nextStep

export const pinnedTo = (
  members?: number[],
  workers?: number[],
  change: Partial<Observations> = {},
): Observations => ({
  ...healthy,
  ...change,
  pinned: { ...(members && { members }), ...(workers && { workers }) },
})
