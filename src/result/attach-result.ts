import * as z from 'zod'
import { FAMILIES } from '../plan/transport.js'
import { OBSERVATION_LEVELS } from '../plan/observation-level.js'
import { balance } from './balance.js'
import { measuredEnvelope } from './envelope.js'
import { observingCost } from './observing-cost.js'
import { readers } from './readers.js'
import { count, index, ns } from './scalars.js'
import { ATTACH_INTERVAL_SCHEMA, ATTACH_SCHEMA } from './schema-names.js'

const level = z.enum(OBSERVATION_LEVELS)

const levels = z.object({
  inForce: level.describe(
    'how far the group was seen: `look` what any user may read of its sockets, `count` flows and packets of each, `explain` how the kernel picks the member',
  ),
  refusals: z
    .array(
      z.object({
        level: level.describe('which level'),
        why: z.string().describe('why it is not in force, as half a sentence'),
        needs: z.string().optional().describe('what it takes; absent where nothing gives it here'),
        command: z.string().optional().describe('the command that gives it; absent where none does'),
      }),
    )
    .describe('each level above that, up to the one that was asked for'),
  notes: z.array(z.string()).describe('what there is to tell of attaching, as sentences'),
})

const queue = z.object({
  last: count.describe('when it was last looked at'),
  most: count.describe('most of all looks'),
  looks: count.describe('looks at which something was in it'),
  limit: count
    .optional()
    .describe(
      'connections that it takes (TCP, the backlog of listen(2)); absent for UDP, and where /proc alone tells',
    ),
})

const holder = z.object({
  pid: index.describe('process'),
  fd: index.describe('its descriptor of the socket'),
  command: z.string().describe('name of the process'),
  parentPid: index.optional().describe('process that started it; absent where it ended meanwhile'),
})

const member = z.object({
  index: index.describe(
    'number of the member, in the order in which they were first seen: of those that were there at the beginning, the oldest socket first',
  ),
  group: index.describe('index in `groups`'),
  inode: index.describe('of the socket, as /proc/PID/fd names it'),
  cookie: index
    .optional()
    .describe('of the socket, which no other has since boot; absent where /proc alone tells of it'),
  joinedNs: ns
    .optional()
    .describe(
      'when it was first seen, since the watching began; absent where it was there from the beginning',
    ),
  leftNs: ns
    .optional()
    .describe('when it was first missed: closed, or connected; absent where it was there to the end'),
  holders: z
    .array(holder)
    .optional()
    .describe('processes that hold a descriptor of it; absent where this user may look into none that does'),
  readers: readers.describe('who reads it; absent where no holder is known, and nobody was seen to take'),
  queue: queue.describe(
    'UDP: bytes in its receive queue, as the kernel counts memory; TCP: connections in its accept queue',
  ),
  drops: count
    .optional()
    .describe(
      'datagrams, or connection requests, that the kernel dropped at it while it was watched; absent where /proc alone tells of a listener',
    ),
  reuseport: z
    .boolean()
    .optional()
    .describe('whether SO_REUSEPORT is set; absent below `explain`: not known'),
  incomingCpu: index
    .optional()
    .describe('the CPU that SO_INCOMING_CPU names; absent below `explain`, and where none is set'),
  order: index
    .optional()
    .describe('its place in the array of its group; absent below `explain`, and for one that is in none'),
  flows: count.optional().describe('flows that came to it; absent below `count`'),
  packets: count
    .optional()
    .describe('datagrams, or connection requests, that came to it; absent below `count`'),
})

const group = z.object({
  family: z.enum(FAMILIES).describe('of its sockets'),
  address: z.string().describe('that they are bound to'),
  ipv6Only: z
    .boolean()
    .optional()
    .describe('of IPv6, whether they take no IPv4; absent where /proc alone tells'),
  device: index.optional().describe('index of the interface that they are bound to; absent for none'),
  uid: index.describe('user id of their owner'),
  members: z.array(index).describe('its members, by index'),
  size: count.optional().describe("sockets in the kernel's array; absent below `explain`"),
  program: z
    .object({
      kind: z.enum(['classic', 'extended']).describe('which BPF'),
      id: index.optional().describe('of the program, as bpftool names it; absent for classic BPF'),
      name: z.string().optional().describe('that it was loaded under'),
    })
    .optional()
    .describe('what picks the member in place of the hash; absent where nothing does, and below `explain`'),
  picks: z
    .enum(['hash', 'program', 'incoming-cpu', 'lookup-program', 'nothing'])
    .optional()
    .describe(
      'what picks among its members, as the kernel has it: the hash of the flow; a program of the group; SO_INCOMING_CPU of a member, and else the hash; a program of the network namespace (BPF_SK_LOOKUP) that comes before; `nothing` of one socket. Absent below `explain`',
    ),
  balance: balance
    .optional()
    .describe(
      'of flows over its members, whatever picked them; absent below `count`, where members came or went, and without flows',
    ),
})

export const ATTACH_FINDINGS = [
  'one-socket',
  'shared',
  'unread',
  'own-program',
  'two-groups',
  'too-few-flows',
  'queue-at-risk',
  'drops',
  'members-changed',
  'holders-changed',
  'other-protocol',
] as const

const attachFinding = z.object({
  code: z.enum(ATTACH_FINDINGS).describe('what was found; stable'),
  severity: z
    .enum(['note', 'warn'])
    .describe('`warn`: flows are, or may be, lost or unevenly spread; `note`: worth knowing'),
  members: z.array(index).describe('of which members, by index; empty where it is of all'),
  message: z.string().describe('what was found, as a sentence'),
  nextStep: z.string().describe('what to do about it'),
})

const plan = z.object({
  supplied: z.record(z.string(), z.unknown()).describe('what was given, by flag'),
  effective: z
    .object({
      port: index.describe('port of the group'),
      protocol: z.enum(['udp', 'tcp']).describe('of the group'),
      pid: index
        .optional()
        .describe('process whose network namespace the group is in; absent for that of rpbench'),
      upTo: level.describe('how far it was to be looked'),
      durationNs: ns.describe('how long it was to be watched'),
      intervalNs: ns.describe('length of an interval'),
    })
    .describe('what was watched, with nothing left open'),
})

const interval = z.object({
  fromNs: ns.describe('its beginning, since the watching began'),
  toNs: ns.describe('its end'),
  members: z
    .array(
      z.object({
        index: index.describe('of the member'),
        queued: count.describe('in its queue at the end, as in `members[].queue`'),
        queuedMost: count.describe('most of the looks in it'),
        drops: count.optional().describe('dropped in it'),
        packets: count.optional().describe('that came in it; absent below `count`'),
      }),
    )
    .describe('members that were there at its end'),
})

/** The result of `rpbench attach`: who is in a live group that is not ours, and how what comes spreads over it. */
export const attachResult = z.object({
  ...measuredEnvelope(ATTACH_SCHEMA),
  durationNs: ns.describe('how long it was watched'),
  stopped: z
    .enum(['interrupted', 'failed'])
    .optional()
    .describe('ended before its time: by Ctrl-C, or since a look failed'),
  failure: z.string().optional().describe('what failed, as a sentence'),
  plan: plan.describe('what was asked for'),
  levels: levels.describe('how far the group was seen, and what it takes to see more'),
  groups: z.array(group).describe('sockets that the kernel picks among, by what they are bound to'),
  members: z.array(member).describe('sockets on the port, those that came or went meanwhile among them'),
  hiddenProcesses: z
    .boolean()
    .describe(
      'whether some processes may not be looked into by this user, so that more may hold a socket than `holders` names',
    ),
  affinity: z
    .object({
      flows: count.describe('flows that were counted'),
      moved: count.describe('of these, the ones that came to more than one member'),
      unlisted: count.describe('packets whose flow found no room in the table'),
    })
    .optional()
    .describe('whether each flow stayed at one member; absent below `count`'),
  findings: z.array(attachFinding).describe('what was found, each with what to do about it'),
  cost: z
    .object({
      looks: count.describe('at the sockets'),
      cpuNs: ns.describe('CPU time of rpbench, all looking and counting included'),
      ...observingCost,
    })
    .describe('what the watching cost'),
  intervals: z.array(interval).describe('what was seen in each part of the time'),
})

/** A line of `rpbench attach --json-lines`. */
export const attachIntervalLine = z.object({
  schema: z.literal(ATTACH_INTERVAL_SCHEMA).describe('name and version of the schema that this line follows'),
  ...interval.shape,
})

export type AttachResult = z.infer<typeof attachResult>
export type AttachMember = z.infer<typeof member>
export type AttachGroup = z.infer<typeof group>
export type AttachFinding = z.infer<typeof attachFinding>
export type AttachFindingCode = AttachFinding['code']
export type AttachInterval = z.infer<typeof interval>
export type AttachIntervalLine = z.infer<typeof attachIntervalLine>
