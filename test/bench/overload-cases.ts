import { cpusAllowed } from '../../src/host/cpu-time.js'
import type { RunRequest } from '../../src/plan/run-plan.js'
import { startBusyNeighbours } from '../system/busy-neighbours.js'
import { whileGroupsAreSkewed } from '../system/skewed-group.js'
import type { Injected } from './overload-judgement.js'

const SECOND = 1e9
const SLEEPERS: RunRequest = {
  procs: 4,
  flows: 2000,
  serviceTimeNs: 2e6,
  serviceKind: 'sleep',
  durationNs: SECOND,
  warmupNs: 50e6,
  timeoutNs: 0.7 * SECOND,
}
/** Twice what they can do. */
const SLEEPING: RunRequest = { ...SLEEPERS, rateHz: 4000 }
const COMPUTING: RunRequest = { ...SLEEPING, serviceTimeNs: 300e3, serviceKind: 'cpu', rateHz: 8000 }

/** One cause of an overload, and how to bring it about. */
export interface OverloadCase extends Injected {
  what: string
  request: RunRequest
  /** members sleep, so that two runs at a time leave the CPUs to each other */
  sleeps?: true
  around?: <T>(use: () => Promise<T>) => Promise<T>
}

const [one = 0, other = 1] = cpusAllowed()

async function besideABusyProcess<T>(use: () => Promise<T>): Promise<T> {
  const neighbours = await startBusyNeighbours(one, 1)
  try {
    return await use()
  } finally {
    await neighbours.stop()
  }
}

/** A plain cause is named in all of thirty runs or in all but two; less often than this is a fault of the tool. */
const PLAIN = 0.8

export const OVERLOAD_CASES: Readonly<Record<string, OverloadCase>> = {
  sleep: {
    what: 'nothing: members sleep',
    request: SLEEPING,
    sleeps: true,
    right: ['even'],
    least: PLAIN,
  },
  closed: {
    what: 'nothing: closed loop, all flows at once',
    request: { ...SLEEPERS, inFlight: 2000, durationNs: 1.5 * SECOND, timeoutNs: 3 * SECOND },
    sleeps: true,
    right: ['even'],
    least: PLAIN,
  },
  cpu: {
    what: 'nothing: members compute, 4 and the client on 2 CPUs',
    request: COMPUTING,
    right: ['even'],
    least: 0.2,
  },
  hash: {
    what: 'a program that gives one member 31 % of the ports',
    request: SLEEPING,
    sleeps: true,
    right: ['hash'],
    least: 0.6,
    around: whileGroupsAreSkewed,
  },
  zipf: {
    what: '`--weights zipf:1.2`',
    request: { ...SLEEPING, weights: 'zipf:1.2' },
    sleeps: true,
    right: ['weights'],
    least: PLAIN,
  },
  slow: {
    what: '`--slow-member 2:3200us` (1.6 times), sleep',
    request: { ...SLEEPING, slowMember: { index: 2, serviceTimeNs: 3.2e6 } },
    sleeps: true,
    right: ['slow-member'],
    members: [2],
    least: PLAIN,
  },
  'slow-cpu': {
    what: '`--slow-member 2:1200us` (4 times), cpu',
    request: { ...COMPUTING, slowMember: { index: 2, serviceTimeNs: 1.2e6 } },
    right: ['slow-member'],
    members: [2],
    least: PLAIN,
  },
  pinned: {
    what: '`--pin-members 0,0,0,1`, cpu',
    request: { ...COMPUTING, pinMembers: [one, one, one, other], pinWorkers: [other] },
    right: ['scheduler'],
    members: [0, 1, 2],
    least: PLAIN,
  },
  neighbour: {
    what: 'a process that spins beside member 0 of 2, cpu',
    request: { ...COMPUTING, procs: 2, pinMembers: [one, other] },
    // That member 0 gets less must be seen. Whose doing it is shows by waiting times, which on some machines account for too little.
    right: ['scheduler', 'unexplained'],
    members: [0],
    least: 0.6,
    around: besideABusyProcess,
  },
}
