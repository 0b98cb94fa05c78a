import * as z from 'zod'
import { host } from './envelope.js'
import { count, index, instant, ns } from './scalars.js'
import { validityVerdict } from './validity.js'

/** What a run keeps that is one part of a plan, so that `rpbench merge` can make one result of all parts. */
export const keptShard = z.object({
  measuredAt: instant.describe('when its measured phase began, by the clock of its host'),
  recording: z
    .base64()
    .describe(
      'all that was counted and read, for `rpbench merge` of the same version alone: per-flow counts, every histogram, counters of members. JSON, deflated (zlib), base64',
    ),
})

/** The parts that a merged result was made of. */
export const mergedShards = z.object({
  spanNs: ns.describe('from when the first of them began to measure until the last of them ended'),
  commonNs: ns.describe('of that, the time in which all of them measured'),
  parts: z
    .array(
      z.object({
        index: count.describe('which part of the plan, from 1'),
        host: host.omit({ traits: true }).describe('where its client was'),
        startedAt: instant.describe('when its command began'),
        measuredAt: instant.describe('when its measured phase began, by the clock of its host'),
        durationNs: ns.describe('length of its measured phase'),
        firstFlow: index.describe('id of its first flow'),
        flows: count.describe('its flows'),
        verdict: validityVerdict.describe('whether it can be trusted'),
      }),
    )
    .describe('each of them, by index'),
})

export type KeptShard = z.infer<typeof keptShard>
export type MergedShards = z.infer<typeof mergedShards>
