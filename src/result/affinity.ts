import * as z from 'zod'
import { PORT_PROTOCOLS } from '../plan/protocol.js'
import { count, index } from './scalars.js'

export const protocol = z.enum(PORT_PROTOCOLS)

/** Did each flow stay at one member while the group did not change? Of a group that tells which member answers. */
export const knownAffinity = z.object({
  flows: count.describe('flows of the run'),
  moved: count.describe('flows seen at more than one member'),
  unanswered: count.describe('flows that were asked and never answered, so that their member is unknown'),
  unasked: count.describe(
    'flows that no request was sent on: they weigh too little, or the run ended before',
  ),
  expected: z
    .literal(false)
    .optional()
    .describe(
      'false under a steering that does not go by flow: then no flow that moved is a violation. Otherwise absent',
    ),
  violations: z
    .array(
      z.object({
        flow: index.describe('number of the flow, from 0'),
        protocol: protocol.describe('of its datagrams'),
        sourceAddress: z.string().describe("the client's address"),
        sourcePort: index.describe("the client's port"),
        destinationAddress: z.string().describe("the group's address"),
        destinationPort: index.describe("the group's port"),
        members: z.array(index).describe('members that it was seen at, in the order in which they were seen'),
      }),
    )
    .describe('flows that moved although nothing in the group changed, by number'),
})

/** The same of any server: of one that is not ours nobody may tell which member answers. */
export const affinity = knownAffinity.extend({
  moved: count
    .optional()
    .describe(`${knownAffinity.shape.moved.description}; absent where nobody tells which member answers`),
  violations: knownAffinity.shape.violations
    .optional()
    .describe(
      `${knownAffinity.shape.violations.description}; absent where nobody tells which member answers`,
    ),
})

export type KnownAffinity = z.infer<typeof knownAffinity>
export type Affinity = z.infer<typeof affinity>
