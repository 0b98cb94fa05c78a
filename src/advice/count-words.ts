import { COUNTED_AS } from '../plan/protocol.js'
import { flagOf } from '../plan/parameters/table.js'
import { mainCauseOf, type LossCause } from '../analysis/books/losses.js'
import type { CountCode } from '../analysis/validity/codes.js'
import type { Observations } from '../analysis/validity/observations.js'
import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import { plural } from '../units/plural.js'
import { capital, lowerTheLoad, spareTheClient } from './lower-load.js'
import { silentWords, stoodStillWords } from './silence-words.js'
import type { WordsOf } from './words.js'

const FIND_OUT = 'Find out what ended it (dmesg, an out-of-memory kill?) and run again.'

function theDead({ deaths }: Observations): string {
  return deaths.map((d) => `Member ${d.index} ${d.why}`).join('; ')
}

const SEE_FILTERS = 'See what filters this host’s traffic (nft list ruleset, iptables -S).'

/** What to try where most requests went unanswered, by what they were lost to. */
const AGAINST_LOSSES: Readonly<Record<LossCause, (observed: Observations) => string>> = {
  queues: (observed) =>
    `${capital(lowerTheLoad(observed))}, or see whether members stand still: figures are of the few that were answered.`,
  work: () => `Give members less work (${flagOf('serviceTimeNs')}), or wait longer (${flagOf('timeoutNs')}).`,
  // Over TCP the client ends connections whose replies it waits for no more.
  echo: (observed) =>
    observed.load.overTcp
      ? AGAINST_LOSSES.work(observed)
      : 'See what keeps members from sending: a seccomp profile, a packet filter.',
  socket: ({ load }) => `See whether ${load.membersUnknown ? 'the target runs' : 'a member died'}.`,
  client: spareTheClient,
  unseen: (observed) =>
    `${capital(lowerTheLoad(observed))}, or see what the target says of it: its log, its limits of a client's rate.`,
  'way-there': () => SEE_FILTERS,
  'way-back': () => SEE_FILTERS,
}

function theStrangers({ strangers }: Observations): string {
  return strangers
    .map(({ owner, sockets = 1, firstSeenNs, lastSeenNs }) => {
      const [from, to] = [formatDuration(firstSeenNs), formatDuration(lastSeenNs)]
      const seen = from === to ? `at ${from}` : `from ${from} to ${to}`
      const withMany = sockets > 1 ? `, with ${formatCount(sockets)} sockets` : ''
      return `${owner}${withMany}, seen ${seen} of the measured phase,`
    })
    .join(' and ')
}

/** What the books have to say of what strangers took. */
function theirShare({ atStrangers: { least, most } }: Observations): string {
  if (most === 0) return 'no request is missed'
  return least === most
    ? plural(least, 'request', 'requests')
    : `${formatCount(least)} requests at least, ${formatCount(most)} by what is missing elsewhere`
}

const sentOf = ({ overTcp }: Observations['load']): string => COUNTED_AS[overTcp ? 'tcp' : 'udp'].sent

/** Counts that do not agree, and a group that did not stay what it was. */
export const COUNT_WORDS: WordsOf<CountCode> = {
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
  'member-silent': silentWords,
  'member-stood-still': stoodStillWords,
  'stranger-joined': (observed) => ({
    message: `${theStrangers(observed)} joined the group's port and took a part of its flows: ${theirShare(observed)}.`,
    nextStep: `Stop it, or let ${flagOf('port')} 0 take a free port.`,
  }),
  'unanswered-share': (observed, { measured }) => {
    const { sent, answered } = observed.losses
    const requests = plural(sent, 'request', 'requests')
    return {
      message:
        answered === 0
          ? `None of ${requests} was answered.`
          : `${formatPercent(measured)} of ${requests} were never answered.`,
      nextStep: AGAINST_LOSSES[mainCauseOf(observed.losses) ?? 'way-there'](observed),
    }
  },
  'echo-errors': (observed, { measured }) => ({
    message: `Members could not send ${plural(measured, 'reply', 'replies')}${observed.load.overTcp ? ': the connection had ended' : ''}.`,
    nextStep: AGAINST_LOSSES.echo(observed),
  }),
  'books-do-not-balance': ({ strangers, load }, { measured }) => ({
    message: `${plural(measured, sentOf(load), `${sentOf(load)}s`)} cannot be accounted for${strangers.length > 0 ? ': what somebody else on the port did with them cannot be seen' : ''}.`,
    nextStep:
      strangers.length > 0
        ? `Run again on a port of its own (${flagOf('port')} 0).`
        : `Run again; if it stays, the network path loses or makes ${load.overTcp ? 'packets' : 'datagrams'}.`,
  }),
  replayed: (_observed, { measured }) => ({
    message: `${plural(measured, 'request', 'requests')} came to members a second time, and ${measured === 1 ? 'was' : 'were'} answered again: their work and their counts are not of this load alone.`,
    nextStep: 'Look for what copies packets on this host (tc netem, a replay of captured traffic).',
  }),
  'wrong-replies': (_observed, { measured }) => ({
    message: `${plural(measured, 'reply was', 'replies were')} not what was to come for the request: an echo that was changed, or the answer to another question.`,
    nextStep:
      'See whether the target speaks this protocol, and whether something on the way changes packets.',
  }),
  'error-answers': ({ answers }, { measured }) => {
    const ofHttp = answers?.protocol === 'http'
    return {
      message: `${formatPercent(measured)} of the answers say that the target could not or would not answer (${ofHttp ? 'a status from 400 on' : 'REFUSED, SERVFAIL, …'}): figures are of that.`,
      nextStep: `Ask for what it serves (${flagOf(ofHttp ? 'path' : 'queries')})${ofHttp ? ', and see its log' : ''}.`,
    }
  },
  'port-unreachable': ({ load }, { measured }) => ({
    message: `${plural(measured, 'request', 'requests')} met a port that nobody had open.`,
    nextStep: load.membersUnknown ? 'See whether the target runs.' : 'See whether a member died.',
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
    message: c?.tcp
      ? `The kernel counted less than rpbench did (/proc/net/snmp): ${formatCount(c.tcp.activeOpens)} connections opened, ${formatCount(c.tcp.passiveOpens)} taken and ${formatCount(c.tcp.estabResets)} reset, against ${formatCount(c.tcp.ourActiveOpens)}, ${formatCount(c.tcp.ourPassiveOpens ?? 0)} and ${formatCount(c.tcp.ourEstabResets)}.`
      : `The kernel counted less than rpbench did (/proc/net/snmp, snmp6): ${formatCount(c?.snmpInDatagrams ?? 0)} datagrams received and ${formatCount(c?.snmpReceiveBufferErrors ?? 0)} dropped, against ${formatCount(c?.ourInDatagrams ?? 0)} and ${formatCount(c?.ourDrops ?? 0)}.`,
    nextStep:
      'Run again; if it stays, do not rely on these counts on this kernel, and report it with uname -r.',
  }),
}
