import { formatCount } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import type { CheckRow } from './observations.js'

/** Did what was counted at different places agree, and did the group stay what it was? */
export const COUNT_CHECKS: readonly CheckRow[] = [
  {
    code: 'member-died',
    measure: ({ deaths }) => ({ measured: deaths.length, limit: 0 }),
    explain: ({ deaths }) => ({
      severity: 'invalid',
      message: `${deaths.map((d) => `Member ${d.index} ${d.why}`).join('; ')}: what it had queued is lost, and its flows belong to others since.`,
      nextStep: 'Find out what ended it (dmesg, an out-of-memory kill?) and run again.',
    }),
  },
  {
    code: 'front-died',
    measure: ({ front }) => front && { measured: front.died === undefined ? 0 : 1, limit: 0 },
    explain: ({ front }) => ({
      severity: 'invalid',
      message: `The front ${front?.died}: what it had queued is lost, and nothing comes to the members since.`,
      nextStep: 'Find out what ended it (dmesg, an out-of-memory kill?) and run again.',
    }),
  },
  {
    code: 'stranger-joined',
    measure: ({ strangers }) => ({ measured: strangers.length, limit: 0 }),
    explain: ({ strangers }) => ({
      severity: 'invalid',
      message: `${strangers.join('; ')} joined the group's port during the run and takes a part of its flows.`,
      nextStep: 'Stop it, or let --port 0 take a free port.',
    }),
  },
  {
    code: 'books-do-not-balance',
    measure: ({ unexplained }) => ({ measured: unexplained, limit: 0 }),
    explain: (_observed, unexplained) => ({
      severity: 'suspect',
      message: `${plural(unexplained, 'datagram', 'datagrams')} cannot be accounted for.`,
      nextStep: 'Run again; if it stays, the network path loses or makes datagrams.',
    }),
  },
  {
    code: 'port-unreachable',
    measure: ({ refused }) => ({ measured: refused, limit: 0 }),
    explain: (_observed, refused) => ({
      severity: 'suspect',
      message: `${plural(refused, 'request', 'requests')} met a port that nobody had open.`,
      nextStep: 'See whether a member died.',
    }),
  },
  {
    code: 'receive-errors',
    measure: ({ receiveErrors }) =>
      receiveErrors === undefined ? undefined : { measured: receiveErrors, limit: 0 },
    explain: (_observed, errors) => ({
      severity: 'suspect',
      message: `Receiving failed ${plural(errors, 'time', 'times')} at the client's sockets.`,
      nextStep: 'Look at what filters this host’s traffic, and at its memory (dmesg).',
    }),
  },
  {
    code: 'proc-net-udp-drops',
    measure: ({ crossCheck: c }) =>
      c?.procNetUdpDrops === undefined
        ? undefined
        : { measured: Math.abs(c.procNetUdpDrops - c.meminfoDrops), limit: 0 },
    explain: ({ crossCheck }) => ({
      severity: 'suspect',
      message: `/proc/net/udp (or udp6) has ${formatCount(crossCheck?.procNetUdpDrops ?? 0)} drops at the group's sockets, SO_MEMINFO ${formatCount(crossCheck?.meminfoDrops ?? 0)}: one of the two is wrong.`,
      nextStep: 'Run again; if it stays, do not rely on drops on this kernel, and report it with uname -r.',
    }),
  },
  {
    code: 'snmp',
    // Other traffic of this namespace is in these counters too: only less than ours is a contradiction.
    measure: ({ crossCheck: c }) =>
      c?.snmpInDatagrams === undefined || c.snmpReceiveBufferErrors === undefined
        ? undefined
        : {
            measured:
              Math.max(0, c.ourInDatagrams - c.snmpInDatagrams) +
              Math.max(0, c.ourDrops - c.snmpReceiveBufferErrors),
            limit: 0,
          },
    explain: ({ crossCheck: c }) => ({
      severity: 'suspect',
      message: `The kernel counted less than rpbench did (/proc/net/snmp, snmp6): ${formatCount(c?.snmpInDatagrams ?? 0)} datagrams received and ${formatCount(c?.snmpReceiveBufferErrors ?? 0)} dropped, against ${formatCount(c?.ourInDatagrams ?? 0)} and ${formatCount(c?.ourDrops ?? 0)}.`,
      nextStep:
        'Run again; if it stays, do not rely on these counts on this kernel, and report it with uname -r.',
    }),
  },
]
