import { flagOf } from '../plan/parameters/table.js'
import { FAMILY_NAMES } from '../units/addresses.js'
import { isOpenLoop } from '../analysis/validity/check-row.js'
import type { NoteCode } from '../analysis/validity/codes.js'
import type { Observations } from '../analysis/validity/observations.js'
import { formatCount, formatDuration } from '../units/format.js'
import { plural } from '../units/plural.js'
import { lowerTheLoad } from './lower-load.js'
import { leftBehindWords } from './silence-words.js'
import type { WordsOf } from './words.js'

/** Which queues overflowed. */
function overflowed(observed: Observations): string {
  const { receiveBuffer, load, front, droppedAtMembers, droppedAtSilent } = observed
  const { got } = receiveBuffer
  if (front) {
    const inHandingOn = droppedAtMembers - droppedAtSilent - front.drops
    const where = [
      ...(front.drops > 0 ? [`at the front's socket (${got} bytes) ${formatCount(front.drops)}`] : []),
      ...(inHandingOn > 0 ? [`in handing on to members ${formatCount(inHandingOn)}`] : []),
    ]
    return `Queues overflowed, ${where.join(', ')}`
  }
  return load.dispatch === 'shared'
    ? `The receive buffer that members share (${got} bytes) overflowed`
    : `Members' receive buffers (${got} bytes) overflowed`
}

/** The addresses at which others than this host can reach the group. */
function listening(exposed: Observations['exposed']): string | undefined {
  if (exposed === undefined || 'address' in exposed) return exposed?.address
  return `every ${FAMILY_NAMES[exposed.everyAddressOf]} address of this host`
}

/** What a reader should know. */
export const NOTE_WORDS: WordsOf<NoteCode> = {
  interrupted: ({ experiment, changesUnseen = [] }) => ({
    message:
      experiment === 'churn'
        ? `The run was interrupted: ${changesUnseen.length} of the changes were not carried out, or not seen.`
        : 'The run was interrupted: figures cover what was measured until then.',
  }),
  'change-failed': ({ changeFailed, changesUnseen = [] }) => ({
    message: `The change "${changeFailed}" could not be carried out, which ended the run: ${changesUnseen.length} of the changes were not carried out, or not seen.`,
  }),
  'command-failed': ({ commandsFailed = [] }) => ({
    message: `${commandsFailed.map((command) => `"${command}"`).join(' and ')} failed: what was to happen to the target may not have happened.`,
    nextStep: 'See what it printed, in the JSON under commands.',
  }),
  'left-behind': leftBehindWords,
  'changes-unseen': ({ changesUnseen = [] }) => ({
    message: `The load ended before these were carried out and seen: ${changesUnseen.join(', ')}.`,
    nextStep: `Give the changes more time: a longer ${flagOf('durationNs')}.`,
  }),
  'member-drops': (observed, { measured }) => {
    if (observed.load.membersUnknown)
      return {
        message: `The target's receive buffers overflowed: ${plural(measured, 'datagram', 'datagrams')} dropped there, whoever sent them.`,
        nextStep: `Give the target a larger receive buffer, or ${lowerTheLoad(observed)}.`,
      }
    if (observed.crossCheck?.tcp)
      return {
        message: `Accept queues overflowed: ${plural(measured, 'request was', 'requests were')} on connections that clients saw established and no member came to accept.`,
        nextStep: `Raise ${flagOf('backlog')}, or ${lowerTheLoad(observed)}.`,
      }
    const { most } = observed.receiveBuffer
    return {
      message: `${overflowed(observed)}: ${plural(measured, 'datagram', 'datagrams')} dropped.`,
      nextStep: `Raise ${flagOf('receiveBufferBytes')}${most === undefined ? '' : ` (this host allows ${most})`}, or ${lowerTheLoad(observed)}.`,
    }
  },
  'receive-buffer-clamped': ({ receiveBuffer: { most } }, { measured, limit }) => ({
    message: `The kernel gave each socket of the group a receive buffer of ${measured} bytes, not ${limit}.`,
    nextStep: `Raise net.core.rmem_max${most === undefined ? '' : ` (now ${most})`}.`,
  }),
  'flows-unanswered': ({ standstill: { silent } }, { measured }) => ({
    message: `${plural(measured, 'flow', 'flows')} never got a reply: nobody saw at which member each of them is.`,
    // Who stood still is named, and no load would have been low enough.
    ...(silent.length === 0 && { nextStep: 'Run longer, or lower the load.' }),
  }),
  'flows-unasked': (observed, { measured }) => ({
    message: `${plural(measured, 'flow', 'flows')} never had a turn: the run ended at its bound before.`,
    nextStep: isOpenLoop(observed)
      ? `Run longer (${flagOf('durationNs')}), or raise ${flagOf('rateHz')}.`
      : 'See why others went unanswered: each of those holds its place in flight until its deadline.',
  }),
  'flows-given-up': (_observed, { measured }) => ({
    message: `${plural(measured, 'flow', 'flows')} were given up: a member was silent for three deadlines, and they were asked less often than ${flagOf('requests')} says.`,
    nextStep: 'See what became of the members that answered nothing.',
  }),
  waves: ({ waves, waveSize }) => ({
    message: `The flows ran in ${formatCount(waves)} waves of at most ${formatCount(waveSize)} open sockets.`,
    nextStep: 'To have them all open at once, raise the open-file limit (ulimit -n).',
  }),
  'shared-sockets': ({ engine, ownNetwork }, { measured }) => ({
    message: `The flows share ${plural(measured, 'socket', 'sockets')} (${engine})${ownNetwork ? ', in a network namespace made for the run' : ''}: each request has the source of its flow, and a reply counts where it came back to that. Members get them as from sockets of their own; the leg before the member, the client's CPU time and its room for replies are not those of such clients.`,
    nextStep: `For those, ${flagOf('engine')} io_uring: in waves, where files may not be open for all flows.`,
  }),
  'shared-device': ({ engine }, { measured }) => ({
    message: `The flows share ${plural(measured, 'TUN device', 'TUN devices')} (${engine}), in a network namespace made for the run: the client writes packets with the source of their flow, and reads replies. Members get them as from sockets; the leg before the member has no socket of the client's and no lo in it, what members send waits at the device, and its way through the kernel, without a checksum of UDP, is the client's CPU time there and the members' back.`,
    nextStep: `For clients as real ones are, ${flagOf('engine')} io_uring.`,
  }),
  'ports-replaced': (_observed, { measured }) => ({
    message: `${plural(measured, 'source port', 'source ports')} of the plan ${measured === 1 ? 'was' : 'were'} in use and replaced: another run with this seed may differ there.`,
  }),
  'engine-fallback': ({ engine, engineFallback }) => ({
    message: `The client used ${engine}, since it cannot have io_uring: ${engineFallback}. It takes more CPU time a round trip.`,
    nextStep: `Compare this run with others over ${engine} only: ${flagOf('engine')} ${engine} makes that explicit; rpbench doctor says what would allow io_uring.`,
  }),
  exposed: ({ exposed, load }) => ({
    message: `The group listens on ${listening(exposed)}: whoever can send there can use its CPU time; members answer only ${load.overTcp ? 'requests' : 'datagrams'} of this run.`,
  }),
  'closings-unheard': ({ load }) => ({
    message:
      "Others on the group's port were looked for every 50 ms: who came and went between two looks was not seen, since the kernel does not tell this process of sockets that close.",
    nextStep: `Allow it netlink sockets of sock_diag (seccomp), on a kernel with INET_${load.overTcp ? 'TCP' : 'UDP'}_DIAG.`,
  }),
  'lost-on-the-way': ({ onTheWay: { there, back, strangers } = { there: 0, back: 0, strangers: 0 } }) => {
    const changed = Math.min(there, strangers) > 0
    return {
      message: `${plural(there, 'request', 'requests')} and ${plural(back, 'reply', 'replies')} were lost between the hosts: they left one, and no socket of the other counted them.${changed ? ` ${plural(strangers, 'datagram', 'datagrams')} came to members and ${strangers === 1 ? 'was' : 'were'} not of this run, or not from the source that it names: so come requests whose address or port was translated on the way (NAT).` : ''}`,
      nextStep: changed
        ? 'Look for address translation between the hosts (nft list ruleset: masquerade, snat; conntrack -L): members answer requests from the sources of the plan alone.'
        : 'Look along the way, on both hosts: ip -s link, tc -s qdisc, nft list ruleset; a lower rate tells whether it is too little room.',
    }
  },
  'started-late': (_observed, { measured }) => ({
    message: `It began to send ${formatDuration(1e6 * measured)} after its ${flagOf('startAt')}: its flows were not open in time, and others may have begun without it.`,
    nextStep: `Give a later ${flagOf('startAt')}.`,
  }),
  'asked-again': (observed, { measured }) => ({
    message: `What asks for a connection was dropped and sent again, a second later or more, ${plural(measured, 'time', 'times')} by the kernel's count: the longest connect times are that.`,
    nextStep:
      (observed.crossCheck?.listenDrops ?? 0) > 0
        ? `Accept queues were full: raise ${flagOf('backlog')}, or ${lowerTheLoad(observed)}.`
        : `Take more ${flagOf('flows')}: one that connects again at once can come upon its last connection (docs/tcp.md).`,
  }),
  'shards-lost': ({ shardsLost = [] }) => ({
    message: `${shardsLost.length === 1 ? 'Shard' : 'Shards'} ${shardsLost.join(', ')} left before the end: what the group counted of ${shardsLost.length === 1 ? 'it' : 'them'} is in no result.`,
    nextStep: 'Run all of them again.',
  }),
}
