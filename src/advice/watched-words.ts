import type { WatchedFacts, WatchedFinding } from '../analysis/watched/findings.js'
import type { SocketGroup } from '../analysis/watched/socket-groups.js'
import { flagOf } from '../plan/parameters/table.js'
import type { AttachFinding } from '../result/attach-result.js'
import { endpoint, isWildcard } from '../units/addresses.js'
import { formatCount } from '../units/format.js'
import { plural } from '../units/plural.js'

type Code = WatchedFinding['code']
type Found<C extends Code> = Extract<WatchedFinding, { code: C }>
type Words = Pick<AttachFinding, 'severity' | 'message' | 'nextStep'>

/** More of them are counted, not named. */
const MOST_NAMED = 4

/** `Member 2`, `Members 0, 1 and 3`, `Members 0, 1, 2, 3 and 12 others`. */
function named(members: readonly number[]): string {
  if (members.length === 1) return `Member ${members[0]!}`
  const more = members.length - MOST_NAMED
  const last = more > 0 ? plural(more, 'other', 'others') : String(members.at(-1))
  return `Members ${members.slice(0, more > 0 ? MOST_NAMED : -1).join(', ')} and ${last}`
}

const has = (members: readonly number[]): string => (members.length === 1 ? 'has' : 'have')

const READ: Readonly<Record<Found<'unread'>['readers'], { what: string; nextStep: string }>> = {
  'none seen': {
    what: 'no thread was seen to wait for it',
    nextStep:
      'A process that holds it without reading keeps it in the group, such as the parent of a worker that is gone: restart that process, or have it close the socket',
  },
  'none took': {
    what: 'no thread took anything from it, or tried to',
    nextStep:
      'A process that holds it without reading keeps it in the group, such as a worker that hangs, or the parent of one that is gone: restart that process, or have it close the socket',
  },
  registered: {
    what: 'a process waits for it (epoll, poll, select), and takes nothing',
    nextStep: 'Find out what holds that process up (strace -p, a debugger, its CPU), or restart it',
  },
  unseen: {
    what: 'a process that holds it may read it in a way that /proc does not show',
    nextStep: 'See what its threads do (strace -f -p)',
  },
  unknown: {
    what: 'who holds it may not be known to this user',
    nextStep: 'Watch as root, or as the user of the server, to see who holds it and who reads',
  },
}

const addressOf = ({ socket }: SocketGroup, port: number): string => endpoint(socket.address, port)

const WORDS: { readonly [C in Code]: (found: Found<C>, facts: WatchedFacts) => Words } = {
  unread: ({ members, readers }, { watched }) => ({
    severity: 'warn',
    message: `${named(members)} ${has(members)} a queue that only grew, to ${queued(watched.members[members[0]!]!.socket.queued, watched.protocol)}: ${READ[readers].what}. What flows send there is answered by nobody.`,
    nextStep: `${READ[readers].nextStep}.`,
  }),
  drops: ({ members, drops }, { watched: { protocol } }) =>
    protocol === 'udp'
      ? {
          severity: 'warn',
          message: `${named(members)} dropped ${plural(drops, 'datagram', 'datagrams')}: the receive queue was full.`,
          nextStep:
            'Drops at one member: it is slow, or its flows are heavy. At all: the group is overloaded, or its receive buffer (SO_RCVBUF) is short for its bursts.',
        }
      : {
          severity: 'warn',
          message: `${named(members)} dropped ${plural(drops, 'connection request', 'connection requests')}: the accept queue was full, or a handshake failed.`,
          nextStep:
            'Raise the backlog of listen(2) with net.core.somaxconn, or find out why connections are accepted late (nstat TcpExtListenOverflows tells the full queue).',
        },
  'own-program': ({ group }, { groups }) => {
    const { kind, id, name } = groups[group]!.explained!.program!
    const which = [kind === 'classic' ? 'a classic BPF program' : 'a BPF program', name]
      .filter(Boolean)
      .join(' ')
    return {
      severity: 'note',
      message: `${which.replace(/^./, (first) => first.toUpperCase())}${id === undefined ? '' : ` (id ${id})`} picks the member, not the kernel's hash.`,
      nextStep:
        id === undefined
          ? 'What the hash would do says nothing here: its server attached it (SO_ATTACH_REUSEPORT_CBPF).'
          : `What the hash would do says nothing here: bpftool prog dump xlated id ${id} shows what it does.`,
    }
  },
  'two-groups': ({ taker, from }, { groups, watched: { plan } }) => {
    const [first, second] = [groups[taker]!, groups[from]!]
    const what = isWildcard(first.socket.address) ? 'All IPv4' : `What is sent to ${first.socket.address}`
    const rest = isWildcard(first.socket.address) ? 'IPv6 only' : 'the rest'
    return {
      severity: 'note',
      message: `${what} goes to the ${plural(first.members.length, 'socket', 'sockets')} on ${addressOf(first, plan.port)}: the ${plural(second.members.length, 'socket', 'sockets')} on ${addressOf(second, plan.port)} get ${rest}.`,
      nextStep:
        'They are two groups, each with a spread of its own: judge them apart, and count the members of each.',
    }
  },
  shared: ({ members, processes, threads }) => ({
    severity: 'note',
    message: `${named(members)} ${has(members)} several readers: ${processes > 1 ? plural(processes, 'process', 'processes') : plural(threads, 'thread', 'threads')} of one socket. Whoever is awake first takes what comes, so that flows stay with the socket, not with a worker.`,
    nextStep:
      'For a socket of each worker’s own, have each open one with SO_REUSEPORT (nginx: listen … reuseport; haproxy: bind … shards by-thread; Node: reusePort with exclusive).',
  }),
  'one-socket': ({ members, heldBy }) => ({
    severity: heldBy === 'one process' ? 'note' : 'warn',
    message: `${named(members)} ${has(members)} SO_REUSEPORT set, and nobody beside it in its group: the flag does nothing.`,
    nextStep:
      heldBy === 'one process'
        ? 'One process has it, as where the flag is for the next one to take the port over at a restart (haproxy, Caddy): for a group, open a socket for each worker or thread (haproxy: bind … shards by-thread).'
        : 'A socket that was opened before the workers were forked is one for all of them (gunicorn --reuse-port): each worker has to open its own.',
  }),
  'too-few-flows': ({ flows, members, chance }) => ({
    severity: 'note',
    message: `${plural(flows, 'flow', 'flows')} came to ${plural(members.length, 'member', 'members')}: with so few even a fair hash gives some member up to ${chance.toFixed(1)} times its share.`,
    nextStep:
      'An uneven spread is not the fault of the hash then: let clients use more source ports (more connections or sockets), or watch longer.',
  }),
  'queue-at-risk': ({ members, most, full }) => ({
    severity: full ? 'warn' : 'note',
    message: `${named(members)} had up to ${plural(most, 'connection', 'connections')} that waited to be accepted: they are reset where that listener closes, as at a reload${full ? ', and the queue was nearly full' : ''}.`,
    nextStep: `With sysctl net.ipv4.tcp_migrate_req=1 (Linux 5.14) the other listeners of its group take them over${full ? '; a greater backlog of listen(2) has room for more' : ''}.`,
  }),
  'members-changed': ({ joined, left }) => ({
    severity: 'note',
    message: `${[joined > 0 && `${plural(joined, 'socket', 'sockets')} came`, left > 0 && `${formatCount(left)} went`].filter((part) => part !== false).join(' and ')} while the group was watched: flows move then.`,
    nextStep:
      'rpbench predict says how many flows move when members come or go; watch again once it is steady to judge the spread.',
  }),
  'holders-changed': ({ members, came, went }) => ({
    severity: 'note',
    message: `${named(members)} stayed while ${[came > 0 && `${plural(came, 'process', 'processes')} came to hold ${members.length === 1 ? 'it' : 'them'}`, went > 0 && `${formatCount(went)} let go`].filter((part) => part !== false).join(' and ')}, as at a reload that hands sockets on: flows stay with their socket.`,
    nextStep:
      'Watch it again for who reads each socket now: one that no new process reads keeps its flows, and answers none.',
  }),
  'other-protocol': ({ sockets }, { watched: { protocol } }) => ({
    severity: 'note',
    message: `${protocol === 'udp' ? 'TCP' : 'UDP'} has ${plural(sockets, 'socket', 'sockets')} on the same port.`,
    nextStep: `${protocol === 'udp' ? flagOf('tcp') : flagOf('udp')} watches ${sockets === 1 ? 'it' : 'them'}.`,
  }),
}

const queued = (amount: number, protocol: 'udp' | 'tcp'): string =>
  protocol === 'udp' ? `${formatCount(amount)} bytes` : plural(amount, 'connection', 'connections')

/** What was found in a group that is watched, as a sentence with a next step. */
export function watchedFindingInWords(found: WatchedFinding, facts: WatchedFacts): AttachFinding {
  const words = WORDS[found.code] as (one: WatchedFinding, of: WatchedFacts) => Words
  return { code: found.code, members: found.members, ...words(found, facts) }
}
