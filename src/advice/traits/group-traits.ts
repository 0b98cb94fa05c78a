import { flagOf } from '../../plan/parameters/table.js'
import type { BpfReading, GroupProbe, TraitReadings } from '../../recording/trait-readings.js'
import { formatCount } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { advised, fail, ok, sysctl, unknown, warn, type Cure, type Judged, type TraitRows } from './row.js'

const LOOPBACK_UP: Cure = {
  command: 'ip link set lo up',
  does: 'brings the loopback interface up',
  root: true,
  lasts: 'as long as this network namespace',
}
const REAL_KERNEL = advised(
  'Measure on a host, container or virtual machine with a Linux kernel of its own: a sandbox stands in for it here.',
)
const SEE_FILTERS = advised('See what filters this host’s traffic (nft list ruleset, iptables -S).', true)
const RAISE = advised('Raise what the sentence names.')

const flowsOf = ({ perSocket, moved, lost }: GroupProbe): number =>
  perSocket.reduce((sum, n) => sum + n, 0) + moved + lost

const listed = (counts: readonly number[]): string => counts.map(formatCount).join(', ')

function judgeGroup(probe: TraitReadings['reuseport'] & GroupProbe): Judged {
  const { perSocket, moved, lost, loopbackDown } = probe
  const flows = plural(flowsOf(probe), 'flow', 'flows')
  const reached = perSocket.filter((n) => n > 0).length
  if (lost > 0)
    return fail(
      `of ${flows}, nothing arrived of ${formatCount(lost)}${loopbackDown ? ': the loopback interface is down' : ''}`,
      loopbackDown ? LOOPBACK_UP : SEE_FILTERS,
    )
  if (reached === 1 && moved === 0)
    return fail(
      `all ${flows} came to one of ${perSocket.length} sockets: SO_REUSEPORT is taken, and does nothing`,
      REAL_KERNEL,
    )
  if (reached < perSocket.length && moved === 0)
    return fail(
      `${flows} came to ${reached} of ${perSocket.length} sockets only: ${listed(perSocket)}`,
      REAL_KERNEL,
    )
  return ok(`${flows} over ${perSocket.length} sockets: ${listed(perSocket)}`)
}

function judgeBpf(reading: BpfReading, cures: (reading: BpfReading) => Cure[]): Judged {
  const { refused, steered } = reading
  if (refused !== undefined) return warn(refused, ...cures(reading))
  if (steered === undefined) return unknown('it was attached; whether it steers was not seen')
  const { right, sent } = steered
  const datagrams = `${formatCount(right)} of ${formatCount(sent)} datagrams came to the socket that the program named`
  return right === sent ? ok(datagrams) : warn(`it was attached, and ${datagrams}`, REAL_KERNEL)
}

const LET_SECCOMP_PASS = (calls: string): Cure =>
  advised(
    `Let the seccomp profile of this container or service pass ${calls} (docker run --security-opt seccomp=FILE, SystemCallFilter= of systemd).`,
  )
const IO_URING_CALLS = 'io_uring_setup, io_uring_enter and io_uring_register'
const ENABLE_IO_URING = sysctl('kernel.io_uring_disabled', '0', 'allows io_uring to every process')

const NEWER_KERNEL = (version: string): Cure =>
  advised(`It takes Linux ${version} or later, and a kernel of its own.`)

const AS_ROOT: Cure = {
  command:
    'setpriv --reuid=1000 --regid=1000 --clear-groups --inh-caps=+bpf,+net_admin --ambient-caps=+bpf,+net_admin rpbench doctor',
  does: 'runs it as a user with just the two capabilities; or run it as root',
  root: true,
  lasts: 'for this command',
}

/** What a group is made of, put to the test with datagrams. */
export const GROUP_TRAITS: TraitRows<
  'reuseport' | 'affinity' | 'members' | 'io-uring' | 'classic-bpf' | 'extended-bpf'
> = {
  reuseport: {
    what: 'sends from 200 source ports to a group of four sockets over 127.0.0.1, and looks where the datagrams arrive',
    expected: 'each socket receives its part of the flows',
    means: 'all that rpbench measures. Sandboxes take SO_REUSEPORT and give all to one socket',
    judged: true,
    cures: [LOOPBACK_UP, SEE_FILTERS, REAL_KERNEL],
    judge: (reading) =>
      'refused' in reading
        ? fail(reading.refused, ...(reading.loopbackDown ? [LOOPBACK_UP] : [REAL_KERNEL]))
        : judgeGroup(reading),
  },
  affinity: {
    what: 'sends three datagrams of each of these flows',
    expected: 'all datagrams of a flow arrive at the same socket',
    means: 'the affinity of a run, and each figure that is of flows',
    judged: true,
    cures: [REAL_KERNEL],
    judge: (probe) => {
      const flows = plural(flowsOf(probe) - probe.lost, 'flow', 'flows')
      if (flowsOf(probe) === probe.lost) return unknown('no datagram arrived')
      return probe.moved > 0
        ? fail(`${formatCount(probe.moved)} of ${flows} came to more than one socket`, REAL_KERNEL)
        : ok(`each of ${flows} stayed at one socket`)
    },
  },
  members: {
    what: 'runs 200 flows over two member processes, with two requests each',
    expected: 'every request is answered',
    means: 'whether a run comes to its end here at all',
    judged: true,
    cures: [RAISE],
    judge: ({ processes, answered, asked, failure }) =>
      failure !== undefined
        ? fail(failure)
        : answered === asked
          ? ok(`${processes} processes answered ${formatCount(answered)} of ${formatCount(asked)} requests`)
          : fail(`only ${formatCount(answered)} of ${formatCount(asked)} requests were answered`),
  },
  'io-uring': {
    what: 'sets an io_uring up, and sends and receives the requests of that run over it',
    expected: 'it may be used',
    means: `how fast the client is (${flagOf('engine')}): 1.1 to 2.2 times the rate of epoll, which is used where it is refused`,
    cures: [ENABLE_IO_URING, LET_SECCOMP_PASS(IO_URING_CALLS)],
    judge: ({ refused, disabled, seccomp, used }) => {
      if (refused !== undefined)
        return warn(
          refused,
          ...(disabled === undefined ? [] : [ENABLE_IO_URING]),
          ...(seccomp === true && disabled === undefined ? [LET_SECCOMP_PASS(IO_URING_CALLS)] : []),
        )
      return used === true
        ? ok('a client sent and received over it')
        : unknown('it can be set up; whether a client can send over it was not seen')
    },
  },
  'classic-bpf': {
    what: 'attaches a classic BPF program that names the socket, and looks whether datagrams go there',
    expected: 'they do; it takes no right',
    means: `${flagOf('steering')} random and cpu`,
    cures: [NEWER_KERNEL('4.5'), REAL_KERNEL],
    judge: (reading) => judgeBpf(reading, () => [NEWER_KERNEL('4.5')]),
  },
  'extended-bpf': {
    what: 'loads a program of type SK_REUSEPORT that names the socket, attaches it, and looks whether datagrams go there',
    expected: 'they do, with CAP_BPF and CAP_NET_ADMIN',
    means: `${flagOf('steering')} round-robin, consistent and sticky, and ${flagOf('observeHash')}`,
    cures: [AS_ROOT, LET_SECCOMP_PASS('bpf'), NEWER_KERNEL('5.12')],
    judge: (reading) =>
      judgeBpf(reading, ({ lacking = [], seccomp = false }) => {
        if (lacking.length > 0) return [AS_ROOT]
        return [seccomp ? LET_SECCOMP_PASS('bpf') : NEWER_KERNEL('5.12')]
      }),
  },
}
