import * as z from 'zod'
import { measuredEnvelope } from './envelope.js'
import { count, index, ns } from './scalars.js'
import { SERVE_SCHEMA } from './schema-names.js'

/** What was counted of datagrams. */
const counted = {
  taken: count.describe('requests of clients that members took from their sockets, those of warm-ups too'),
  echoed: count.describe('of those, the ones that they sent back'),
  echoErrors: count.describe('of those, the ones that they could not send back'),
  left: count.describe('requests that came, or were still queued, when their run was over: not answered'),
  drops: count.describe('datagrams the kernel dropped at their sockets (SO_MEMINFO)'),
  strangers: count.describe('datagrams of no run that members were told of: taken, counted, not answered'),
}

const servedMember = z.object({
  index: index.describe('place in the group, from 0, in the order in which members bound'),
  pid: index.describe('its process'),
  ...counted,
  died: z.string().optional().describe('how it ended, if before the group did'),
})

const servedRun = z.object({
  client: z.string().describe('address of the client; of several shards, those of all'),
  shards: count.optional().describe('parts of one run that clients sent together; absent of a run of one'),
  atNs: ns.describe('when it came, since the group was started'),
  durationNs: ns.describe('until it left'),
  finished: z.boolean().describe('whether it took its counts at the end, and did not just leave'),
  ...counted,
})

/** The result of `rpbench serve`: what a group did for its clients. */
export const serveResult = z.object({
  ...measuredEnvelope(SERVE_SCHEMA),
  durationNs: ns.describe('how long it served'),
  stopped: z
    .literal('failed')
    .optional()
    .describe('it ended since a member did; absent where it was stopped'),
  failure: z.string().optional().describe('what failed, as a sentence'),
  plan: z
    .object({
      supplied: z.record(z.string(), z.unknown()).describe('flags as they were given, by name'),
      effective: z.record(z.string(), z.unknown()).describe('what was made of them, with every default'),
    })
    .describe('what was to be served'),
  group: z
    .object({
      protocol: z.literal('udp').describe('of its port'),
      address: z.string().describe('address that it is bound to'),
      port: index.describe('UDP port that its members share'),
      controlPort: index.describe('TCP port of the control connection'),
    })
    .describe('where it served'),
  members: z.array(servedMember).describe('what each member did, over all runs'),
  runs: z.array(servedRun).describe('clients that were served, one after another'),
  refused: count.describe(
    'connections to the control port that did not have the token, or spoke something else',
  ),
  busy: count.describe('clients that came while another was served, and were told to wait'),
})

export type ServeResult = z.infer<typeof serveResult>
export type ServedMember = z.infer<typeof servedMember>
export type ServedRunResult = z.infer<typeof servedRun>
