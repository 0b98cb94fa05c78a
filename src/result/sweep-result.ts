import { z } from 'zod'
import { latencySummary, runResult } from './run-result.js'

/**
 * The result of `rpbench sweep`, schema `rpbench/sweep@1`: runs at every combination of the values of some flags,
 * and the capacity of each where it was searched.
 */
export const SWEEP_SCHEMA = 'rpbench/sweep@1'

const count = z.int().nonnegative()
const ns = z.int().nonnegative()
const finite = z.number()
const share = z.number().min(0).max(1)
const flagTexts = z.record(z.string(), z.string())

/** One run of `rpbench run`, in short. What could not be measured, or was not reached, is absent. */
const sweepRun = z.object({
  /** index in `points` */
  point: count,
  repetition: count,
  seed: count,
  /** values of the axes at this point */
  flags: flagTexts,
  startedAt: z.iso.datetime(),
  durationNs: ns,
  /** from the start of its group to its end */
  wallNs: ns,
  /** a member died: its figures are of the time until then */
  stopped: z.literal('failed').optional(),
  /** the run could not be done */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** codes of what stands behind the verdict, and of what is only worth knowing */
  validity: z
    .object({
      verdict: z.enum(['valid', 'suspect', 'invalid']),
      findings: z.array(z.string()),
      notes: z.array(z.string()),
    })
    .optional(),
  roundTripsPerSecond: finite.optional(),
  offeredPerSecond: finite.optional(),
  achievedPerSecond: finite.optional(),
  /** CPU time that a round trip took, ns */
  cpuPerRoundTripNs: z.object({ client: finite, members: finite }).optional(),
  latency: z.object({ service: latencySummary, response: latencySummary.optional() }).optional(),
  /** (lost + late) / (sent + unsent): of the requests that were due, those without a reply in time */
  lossShare: share.optional(),
  books: z
    .object({
      sent: count,
      unsent: count,
      replied: count,
      lost: count,
      late: count,
      droppedAtMembers: count,
      droppedAtClient: count,
      unexplained: count,
    })
    .optional(),
  /** the most flows of a member over the mean; absent under a steering that does not go by flow */
  flowsMaxOverMean: finite.optional(),
  balance: z.enum(['fair', 'skewed', 'too-even', 'underpowered']).optional(),
  /** the most replies in time that came from a member over the mean */
  deliveredMaxOverMean: finite.optional(),
  /** flows seen at more than one member */
  moved: count.optional(),
  /** in a capacity search: what this run was for */
  trial: z
    .object({
      /** `closed-loop`: to learn where to search */
      purpose: z.enum(['closed-loop', 'search']),
      loadHz: finite.optional(),
      /** length that was asked for */
      trialNs: ns,
      outcome: z.enum(['good', 'bad', 'limited', 'void']).optional(),
      violated: z.array(z.string()).optional(),
    })
    .optional(),
})

/** Over the repetitions. */
const spread = z.object({ median: finite, min: finite, max: finite })

const pointSummary = z.object({
  roundTripsPerSecond: spread.optional(),
  p50Ns: spread.optional(),
  p99Ns: spread.optional(),
  lossShare: spread.optional(),
  flowsMaxOverMean: spread.optional(),
  deliveredMaxOverMean: spread.optional(),
})

const sweepPoint = z.object({
  index: count,
  flags: flagTexts,
  /** how many of its runs came to which end; those in `failed` have no verdict */
  runs: z.object({ valid: count, suspect: count, invalid: count, failed: count }),
  /** of the valid and suspect ones: response times in an open loop, service times in a closed one */
  summary: pointSummary.optional(),
})

/** What a search has to say of a point, in the words of draft-ietf-bmwg-mlrsearch. Rates are requests per second. */
const capacity = z.object({
  point: count,
  flags: flagTexts,
  /** false while the search was not carried to its goal width: bounds are then what is known so far */
  regular: z.boolean(),
  /** why it ended; absent where it did not */
  stop: z.enum(['goal-width', 'max-load', 'min-load', 'generator', 'trials', 'time', 'failed']).optional(),
  /** relevant lower bound: the capacity */
  lowerHz: finite.optional(),
  /** relevant upper bound */
  upperHz: finite.optional(),
  /** the least load above `lowerHz` that the client could not offer */
  limitedHz: finite.optional(),
  conditionalThroughputHz: finite.optional(),
  /** `lowerHz` over that of the first point that has one */
  ratioToFirst: finite.optional(),
  closedLoopPerSecond: finite.optional(),
  leastHz: finite.optional(),
  mostHz: finite.optional(),
  /** how many trials were made; they are in `runs`, with `trial` */
  trials: count,
})

export const sweepResult = z.object({
  schema: z.literal(SWEEP_SCHEMA),
  ...runResult.pick({ tool: true, host: true, startedAt: true }).shape,
  /** wall time, over all sessions where it was resumed */
  durationNs: ns,
  /** ended before its time; the runs that were carried out are all here */
  stopped: z.literal('interrupted').optional(),
  plan: z.object({
    /** flags as they were given */
    supplied: flagTexts,
    axes: z.array(z.object({ flag: z.string(), values: z.array(z.string()) })),
    repeat: count,
    /** per repetition, the points in the order in which they run */
    order: z.array(z.array(count)),
    /** where capacities are searched: the goal, in the draft's words */
    goal: z
      .object({
        conditions: z.array(z.object({ quantity: z.string(), inclusive: z.boolean(), limit: finite })),
        finalTrialNs: ns,
        initialTrialNs: ns,
        durationSumNs: ns,
        exceedRatio: share,
        width: share,
      })
      .optional(),
  }),
  points: z.array(sweepPoint),
  skipped: z.array(z.object({ flags: flagTexts, reason: z.string() })),
  runs: z.array(sweepRun),
  capacity: z.array(capacity).optional(),
})

export type SweepRun = z.infer<typeof sweepRun>
export type SweepSpread = z.infer<typeof spread>
export type SweepPointResult = z.infer<typeof sweepPoint>
export type PointSummary = z.infer<typeof pointSummary>
export type Capacity = z.infer<typeof capacity>
export type SweepResult = z.infer<typeof sweepResult>
