import { LOOPBACK } from '../../units/addresses.js'
import { DISPATCHES } from '../dispatch.js'
import { LEAVES } from '../leave.js'
import { LISTENS } from '../listen.js'
import { SERVICE_DISTRIBUTIONS, SERVICE_KINDS } from '../service-times.js'
import { PREDICTED_STEERINGS, STEERINGS, STEERINGS_BY_FLOW, steeringsInWords } from '../steering.js'
import { ADDRESS, BYTES, choiceOf, COUNT, CPUS, DURATION, NUMBER, SLOW_MEMBER, SWITCH } from './kind.js'
import { AND_CHURN, RUNS, type Row } from './row.js'

const LONGEST_SERVICE_NS = 1e9

/** The parameters of the group, in the order of the help. */
export const GROUP_PARAMETERS = {
  procs: {
    kind: COUNT,
    flag: 'procs',
    char: 'p',
    min: 1,
    max: 256,
    unset: 'one per CPU',
    help: 'members of the group',
    group: 'GROUP',
    commands: { ...AND_CHURN, verify: { default: '4', unset: undefined, min: 2, max: 64, group: undefined } },
  },
  server: {
    kind: choiceOf(['processes', 'threads']),
    flag: 'server',
    default: 'processes',
    help: 'what a member is',
    group: 'GROUP',
    commands: RUNS,
  },
  host: {
    kind: ADDRESS,
    flag: 'host',
    default: LOOPBACK.ipv4,
    help: 'address at which the group is asked, IPv4 or IPv6',
    group: 'GROUP',
    commands: { ...AND_CHURN, verify: { group: undefined } },
  },
  listen: {
    kind: choiceOf(LISTENS),
    flag: 'listen',
    default: 'address',
    added: true,
    help: 'what members bind',
    detail: 'that address, every address of its family, or every one of IPv4 and IPv6',
    group: 'GROUP',
    commands: { ...AND_CHURN, verify: { group: undefined } },
  },
  port: {
    kind: NUMBER,
    value: 'PORT',
    flag: 'port',
    min: 0,
    max: 65_535,
    default: '0',
    help: 'port of the group, 0 for a free one',
    group: 'GROUP',
    commands: AND_CHURN,
  },
  leave: {
    kind: choiceOf(LEAVES),
    flag: 'leave',
    default: 'close',
    optional: true,
    help: 'how a member leaves',
    detail:
      'it answers what it has queued and closes its socket, which loses what comes in between; or it first takes the socket out of the group by connect(), which loses nothing and takes Linux 6.13',
    group: 'CHANGES',
    commands: { churn: {} },
  },
  dispatch: {
    kind: choiceOf(DISPATCHES),
    flag: 'dispatch',
    default: 'reuseport',
    help: 'how datagrams come to members',
    group: 'GROUP',
    commands: RUNS,
  },
  steering: {
    kind: choiceOf(STEERINGS),
    flag: 'steering',
    default: 'hash',
    help: 'what picks the member of a datagram',
    detail: steeringsInWords(STEERINGS),
    group: 'GROUP',
    commands: {
      ...RUNS,
      churn: { choices: STEERINGS_BY_FLOW },
      verify: {
        help: 'under which the claims are to hold',
        group: undefined,
      },
      predict: { choices: PREDICTED_STEERINGS, group: undefined },
    },
  },
  observeHash: {
    kind: SWITCH,
    flag: 'observe-hash',
    default: 'false',
    help: 'record the hash of each flow, and hold it against where the flow landed (needs eBPF)',
    group: 'GROUP',
    commands: AND_CHURN,
  },
  receiveBufferBytes: {
    kind: BYTES,
    flag: 'receive-buffer',
    min: 2048,
    max: 2 ** 30,
    unset: "the kernel's",
    optional: true,
    help: 'SO_RCVBUF of each member, such as 4M',
    group: 'GROUP',
    commands: AND_CHURN,
  },
  pinMembers: {
    kind: CPUS,
    flag: 'pin-members',
    unset: 'any',
    optional: true,
    help: 'CPUs to run members on, in turn, such as 0-3 or 0,0,1',
    group: 'GROUP',
    commands: AND_CHURN,
  },
  serviceTimeNs: {
    kind: DURATION,
    flag: 'service-time',
    min: 0,
    max: LONGEST_SERVICE_NS,
    default: '0s',
    unset: 'it echoes at once',
    help: 'time a member works for each request',
    group: 'GROUP',
    commands: AND_CHURN,
  },
  serviceDistribution: {
    kind: choiceOf(SERVICE_DISTRIBUTIONS),
    flag: 'service-distribution',
    default: 'constant',
    help: 'how service times vary',
    group: 'GROUP',
    commands: AND_CHURN,
  },
  serviceKind: {
    kind: choiceOf(SERVICE_KINDS),
    flag: 'service-kind',
    default: 'cpu',
    help: 'how it spends that time',
    group: 'GROUP',
    commands: AND_CHURN,
  },
  slowMember: {
    kind: SLOW_MEMBER,
    flag: 'slow-member',
    min: 0,
    max: LONGEST_SERVICE_NS,
    optional: true,
    help: 'a member with a service time of its own, such as 2:500us',
    group: 'GROUP',
    commands: RUNS,
  },
} as const satisfies Readonly<Record<string, Row>>
