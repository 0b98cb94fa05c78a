import { flagOf } from '../plan/parameters/table.js'
import type { Observations } from '../analysis/validity/observations.js'
import { formatCount } from '../units/format.js'
import { plural } from '../units/plural.js'
import type { WordsOf } from './words.js'

const FIND_OUT = 'Find out what ended it (dmesg, an out-of-memory kill?) and run again.'

function theDead({ deaths }: Observations): string {
  return deaths.map((d) => `Member ${d.index} ${d.why}`).join('; ')
}

/** Counts that do not agree, and a group that did not stay what it was. */
export const COUNT_WORDS: WordsOf<
  | 'member-died'
  | 'front-died'
  | 'stranger-joined'
  | 'books-do-not-balance'
  | 'port-unreachable'
  | 'receive-errors'
  | 'proc-net-udp-drops'
  | 'snmp'
> = {
  'member-died': (observed) => ({
    message:
      observed.experiment === 'churn'
        ? `${theDead(observed)}, which no change asked for.`
        : `${theDead(observed)}: what it had queued is lost, and its flows belong to others since.`,
    nextStep: FIND_OUT,
  }),
  'front-died': ({ front }) => ({
    message: `The front ${front?.died}: what it had queued is lost, and nothing comes to the members since.`,
    nextStep: FIND_OUT,
  }),
  'stranger-joined': ({ strangers }) => ({
    message: `${strangers.join('; ')} joined the group's port during the run and takes a part of its flows.`,
    nextStep: `Stop it, or let ${flagOf('port')} 0 take a free port.`,
  }),
  'books-do-not-balance': (_observed, { measured }) => ({
    message: `${plural(measured, 'datagram', 'datagrams')} cannot be accounted for.`,
    nextStep: 'Run again; if it stays, the network path loses or makes datagrams.',
  }),
  'port-unreachable': (_observed, { measured }) => ({
    message: `${plural(measured, 'request', 'requests')} met a port that nobody had open.`,
    nextStep: 'See whether a member died.',
  }),
  'receive-errors': (_observed, { measured }) => ({
    message: `Receiving failed ${plural(measured, 'time', 'times')} at the client's sockets.`,
    nextStep: 'Look at what filters this host’s traffic, and at its memory (dmesg).',
  }),
  'proc-net-udp-drops': ({ crossCheck }) => ({
    message: `/proc/net/udp (or udp6) has ${formatCount(crossCheck?.procNetUdpDrops ?? 0)} drops at the group's sockets, SO_MEMINFO ${formatCount(crossCheck?.meminfoDrops ?? 0)}: one of the two is wrong.`,
    nextStep: 'Run again; if it stays, do not rely on drops on this kernel, and report it with uname -r.',
  }),
  snmp: ({ crossCheck: c }) => ({
    message: `The kernel counted less than rpbench did (/proc/net/snmp, snmp6): ${formatCount(c?.snmpInDatagrams ?? 0)} datagrams received and ${formatCount(c?.snmpReceiveBufferErrors ?? 0)} dropped, against ${formatCount(c?.ourInDatagrams ?? 0)} and ${formatCount(c?.ourDrops ?? 0)}.`,
    nextStep:
      'Run again; if it stays, do not rely on these counts on this kernel, and report it with uname -r.',
  }),
}
