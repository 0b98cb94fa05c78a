import { flagOf } from '../../plan/parameters/table.js'
import { formatBytes, formatCount } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { ok, sysctl, unknown, warn, written, type Cure, type TraitRows } from './row.js'

const PORTS = 10_000
/** Four times the default, which holds 256 small datagrams. */
const BUFFER_BYTES = 2 ** 20

const MORE_PORTS = sysctl('net.ipv4.ip_local_port_range', '1024 65535', 'widens the range')
const MORE_BUFFER = sysctl('net.core.rmem_max', '8388608', 'allows 8 MiB')
const NO_RPS = written(
  '0',
  '/sys/class/net/lo/queues/rx-0/rps_cpus',
  'leaves datagrams on the CPU of their sender',
)
const NO_RFS = sysctl('net.core.rps_sock_flow_entries', '0', 'does without receive flow steering')
const IPV6_ON_LO = sysctl('net.ipv6.conf.lo.disable_ipv6', '0', 'gives the loopback interface ::1')
const NO_TRACKING: Cure = {
  command:
    "nft 'add table inet rpbench; add chain inet rpbench in { type filter hook prerouting priority raw; }; add chain inet rpbench out { type filter hook output priority raw; }; add rule inet rpbench in iif lo notrack; add rule inet rpbench out oif lo notrack'",
  does: 'leaves loopback untracked; nft delete table inet rpbench takes it back',
  root: true,
  lasts: 'until reboot',
}

/** Datagrams' way from a client to a group. */
export const NETWORK_TRAITS: TraitRows<
  'ephemeral-ports' | 'receive-buffer' | 'rps-rfs' | 'conntrack' | 'ipv6'
> = {
  'ephemeral-ports': {
    what: 'reads the range of source ports, without those that are reserved',
    expected: `${formatCount(PORTS)} at least`,
    means: `how many flows one source address can have (${flagOf('sourcePorts')}); more take more addresses (${flagOf('sourceAddresses')})`,
    cures: [MORE_PORTS],
    judge: ({ first, last, reserved }) => {
      const ports = last - first + 1 - reserved
      const without = reserved === 0 ? '' : ` without ${formatCount(reserved)} that are reserved`
      const observed = `${first}-${last}${without}: ${plural(ports, 'flow', 'flows')} from one address`
      return ports >= PORTS ? ok(observed) : warn(observed, MORE_PORTS)
    },
  },
  'receive-buffer': {
    what: 'reads the largest receive buffer that a socket gets, and the usual one',
    expected: `${formatBytes(BUFFER_BYTES)} at least`,
    means: `${flagOf('receiveBufferBytes')}: how long a queue of a member can be, and so what is dropped in a burst`,
    cures: [MORE_BUFFER],
    judge: ({ mostBytes, usualBytes }) => {
      const usual = usualBytes === undefined ? '' : `, ${formatBytes(usualBytes)} where nothing is asked for`
      const observed = `${formatBytes(mostBytes)} at most${usual}`
      return mostBytes >= BUFFER_BYTES ? ok(observed) : warn(observed, MORE_BUFFER)
    },
  },
  'rps-rfs': {
    what: 'reads whether what arrives on lo is handed to other CPUs (RPS, RFS)',
    expected: 'neither',
    means: `which CPU handles a datagram: ${flagOf('steering')} cpu and incoming-cpu, the legs, and CPU time`,
    cures: [NO_RPS, NO_RFS],
    judge: ({ rpsCpus, flowEntries }) => {
      const rps = /[^0,]/.test(rpsCpus)
      const rfs = flowEntries !== undefined && flowEntries > 0
      if (rps || rfs)
        return warn(
          [
            ...(rps ? [`RPS to the CPUs of mask ${rpsCpus}`] : []),
            ...(rfs ? [`RFS with ${plural(flowEntries, 'entry', 'entries')}`] : []),
          ].join(', '),
          ...(rps ? [NO_RPS] : []),
          ...(rfs ? [NO_RFS] : []),
        )
      return flowEntries === undefined
        ? unknown('no RPS; RFS is shown to the first network namespace only')
        : ok('neither')
    },
  },
  conntrack: {
    what: 'counts the entries of the connection tracking before and after the 200 flows',
    expected: 'none of them is tracked',
    means: 'time that each datagram takes; and beyond nf_conntrack_max new flows are dropped',
    cures: [NO_TRACKING],
    judge: ({ loaded, entries = 0, flows = 0, most }) => {
      if (!loaded) return ok('there is none here')
      const observed = `${plural(flows, 'flow', 'flows')} took ${plural(entries, 'entry', 'entries')}`
      // Others of this namespace may come and go.
      if (entries * 2 < flows) return ok(observed)
      return warn(`${observed}${most === undefined ? '' : `, of ${formatCount(most)} at most`}`, NO_TRACKING)
    },
  },
  ipv6: {
    what: 'sends a datagram to ::1 and receives it',
    expected: 'it arrives',
    means: `${flagOf('host')} ::1 and ${flagOf('listen')} dual-stack`,
    cures: [IPV6_ON_LO],
    judge: ({ refused, disabled }) =>
      refused === undefined
        ? ok('a datagram to ::1 arrived')
        : warn(refused, ...(disabled === true ? [IPV6_ON_LO] : [])),
  },
}
