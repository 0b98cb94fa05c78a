import * as z from 'zod'
import { balance } from './balance.js'
import { books } from './books.js'
import { measuredEnvelope } from './envelope.js'
import { latency } from './latency.js'
import { notDone } from './not-done.js'
import { throughput } from './run-result.js'
import { spread } from './spread.js'
import { count, finite, index, instant, ns, rate, share } from './scalars.js'
import { answers, statuses } from './target.js'
import { thresholds } from './thresholds.js'
import { validityVerdict } from './validity.js'
import { SWEEP_SCHEMA } from './schema-names.js'

/**
 * The result of `rpbench sweep`: runs at every combination of the values of some flags, and the capacity of each where it
 * was searched.
 */
const flagTexts = z.record(z.string(), z.string())
const pointFlags = flagTexts.describe('values of the axes at this point, by flag')

/** What waited at a member's socket in an open loop; where members share one, or have a front, at that of them all. */
const trialQueue = z.object({
  requests: finite.describe('that came to it, of one wave of flows'),
  backlog: finite.describe('of these, without a reply when the sending ended'),
  inFlight: finite.describe("in flight on average: rate × mean time from the actual send (Little's law)"),
  inFlightUnqueued: finite.describe(
    'in flight if none ever waited: one in service at each member, and those on their way',
  ),
  deviation: finite.describe(
    'standard deviation of the backlog that chance alone makes of a queue at its limit (model)',
  ),
  capacity: count
    .optional()
    .describe('datagrams that fit into it: receive buffer over truesize (model); absent over TCP'),
})

/** One run of `rpbench run`, in short. What could not be measured, or was not reached, is absent. */
const sweepRun = z.object({
  point: index.describe('index in `points`'),
  repetition: index.describe('number of the repetition, from 0'),
  seed: index.describe('of its random choices'),
  flags: pointFlags,
  startedAt: instant.describe('when it began'),
  durationNs: ns.describe('length of its measured phase'),
  wallNs: ns.describe('from the start of its group to its end'),
  stopped: z
    .literal('failed')
    .optional()
    .describe('a member died: its figures are of the time until then; or nobody answered'),
  failure: z.string().optional().describe('what failed then, as a sentence'),
  error: notDone,
  validity: z
    .object({
      verdict: validityVerdict.describe('the worst of the findings'),
      findings: z.array(z.string()).describe('codes of what stands behind the verdict'),
      notes: z.array(z.string()).describe('codes of what is only worth knowing'),
    })
    .optional()
    .describe('whether it can be trusted'),
  ...throughput.partial().shape,
  latency: latency.optional().describe('of the replies in time'),
  lossShare: share
    .optional()
    .describe(
      '(lost + late) / (sent + unsent): of the requests that were due, those without a reply in time',
    ),
  books: books
    .pick({
      sent: true,
      unsent: true,
      replied: true,
      lost: true,
      late: true,
      droppedAtMembers: true,
      droppedAtClient: true,
      unexplained: true,
    })
    .optional()
    .describe('where the datagrams went'),
  answers,
  statuses,
  flowsMaxOverMean: finite
    .optional()
    .describe(
      'the most flows of a member over the mean; absent under a steering that does not go by flow, and where `balance` is unknown',
    ),
  balance: balance.shape.verdict
    .optional()
    .describe('verdict on the spread of flows; absent under a steering that does not go by flow'),
  flowSpread: balance
    .pick({
      flows: true,
      members: true,
      maxOverMean: true,
      minOverMean: true,
      cv: true,
      pValue: true,
      effectBoundW: true,
      verdict: true,
    })
    .optional()
    .describe('how flows spread, in figures; absent under a steering that does not go by flow'),
  deliveredMaxOverMean: finite
    .optional()
    .describe('the most replies in time that came from a member over the mean'),
  moved: count.optional().describe('flows seen at more than one member'),
  queues: z.array(trialQueue).optional().describe('what waited at the members; absent in a closed loop'),
  trial: z
    .object({
      purpose: z.enum(['closed-loop', 'search']).describe('`closed-loop`: to learn where to search'),
      loadHz: rate.optional().describe('rate that was offered; absent in a closed loop'),
      trialNs: ns.describe('length that was asked for'),
      outcome: z
        .enum(['good', 'bad', 'unclear', 'limited', 'void'])
        .optional()
        .describe(
          '`good`, `bad`: the goal held, or not; `unclear`: chance hides whether it would for long; `limited`: the client could not offer the load; `void`: no valid measurement',
        ),
      violated: z
        .array(z.string())
        .optional()
        .describe(
          'quantities of the goal that were beyond their limit; `backlog`: queues grew, so that it would not have held for long',
        ),
    })
    .optional()
    .describe('in a capacity search: what this run was for'),
})

const pointSummary = z.object({
  roundTripsPerSecond: spread.optional().describe('replies a second'),
  p50Ns: spread.optional().describe('50 % of the replies took at most this, ns'),
  p99Ns: spread.optional().describe('99 % of the replies took at most this, ns'),
  lossShare: spread.optional().describe('of the requests that were due, those without a reply in time'),
  flowsMaxOverMean: spread.optional().describe('the most flows of a member over the mean'),
  deliveredMaxOverMean: spread.optional().describe('the most replies of a member over the mean'),
})

const sweepPoint = z.object({
  index: index.describe('place in the list'),
  flags: pointFlags,
  runs: z
    .object({
      valid: count.describe('with the verdict valid'),
      suspect: count.describe('with the verdict suspect'),
      invalid: count.describe('with the verdict invalid'),
      failed: count.describe('that could not be done, and have no verdict'),
    })
    .describe('how many of its runs came to which end'),
  summary: pointSummary
    .optional()
    .describe('of the valid and suspect runs: response times in an open loop, service times in a closed one'),
})

/** What a search has to say of a point, in the words of draft-ietf-bmwg-mlrsearch. */
const capacity = z.object({
  point: index.describe('index in `points`'),
  flags: pointFlags,
  regular: z
    .boolean()
    .describe(
      'false while the search was not carried to its goal width: bounds are then what is known so far',
    ),
  stop: z
    .enum(['goal-width', 'unclear', 'max-load', 'min-load', 'generator', 'trials', 'time', 'failed'])
    .optional()
    .describe('why it ended; absent where it did not'),
  lowerHz: rate.optional().describe('relevant lower bound: the capacity'),
  upperHz: rate.optional().describe('relevant upper bound'),
  limitedHz: rate.optional().describe('the least load above `lowerHz` that the client could not offer'),
  unclearFromHz: rate
    .optional()
    .describe('the least load between the two at which chance hides whether queues grow'),
  unclearToHz: rate.optional().describe('the greatest such load'),
  unfilledQueue: z
    .object({
      datagrams: count.describe('that the busiest queue holds'),
      fillNs: ns.describe('how long that takes to fill when the load exceeds the capacity by the goal width'),
    })
    .optional()
    .describe('where a final trial ends before the busiest queue can be full (model)'),
  neededTrialNs: ns
    .optional()
    .describe('with `unclear`: how long a final trial should be for the goal width (model)'),
  conditionalThroughputHz: rate
    .optional()
    .describe('what came back of `lowerHz`, by the trials that decide on it'),
  ratioToFirst: finite.optional().describe('`lowerHz` over that of the first point that has one'),
  closedLoopPerSecond: rate.optional().describe('round trips of the closed loop with which the search began'),
  leastHz: rate.optional().describe('the least load that is searched'),
  mostHz: rate.optional().describe('the greatest load that is searched'),
  trials: count.describe('how many trials were made; they are in `runs`, with `trial`'),
})

export const sweepResult = z.object({
  ...measuredEnvelope(SWEEP_SCHEMA),
  durationNs: ns.describe('wall time, over all sessions where it was resumed'),
  stopped: z
    .literal('interrupted')
    .optional()
    .describe('ended before its time; the runs that were carried out are all here'),
  plan: z
    .object({
      supplied: flagTexts.describe('flags as they were given, by name'),
      axes: z
        .array(
          z.object({
            flag: z.string().describe('name of the flag'),
            values: z.array(z.string()).describe('its values, as given'),
          }),
        )
        .describe('flags with more than one value'),
      repeat: count.describe('repetitions of each point'),
      independentRuns: count
        .optional()
        .describe(
          'with `port` given, how many of the repetitions have no source in common with another; absent where that is so of all',
        ),
      order: z.array(z.array(index)).describe('per repetition, the points in the order in which they run'),
      goal: z
        .object({
          conditions: z
            .array(
              z.object({
                quantity: z.string().describe('what is limited'),
                inclusive: z.boolean().describe('whether the limit itself is allowed'),
                limit: finite.describe('in ns for times, as a share of 1 for loss'),
              }),
            )
            .describe('all of which must hold'),
          finalTrialNs: ns.describe('length of a trial that decides'),
          initialTrialNs: ns.describe('length of the first trials'),
          durationSumNs: ns.describe('trials at a load decide when they have lasted this long together'),
          exceedRatio: share.describe('part of that time in which the goal may be missed'),
          width: share.describe('relative width of the interval at which the search ends'),
        })
        .optional()
        .describe("what a load has to keep, in the draft's words; only where capacities are searched"),
    })
    .describe('what was to be measured'),
  points: z.array(sweepPoint).describe('each combination of the values, with its runs in short'),
  skipped: z
    .array(
      z.object({
        flags: pointFlags,
        reason: z.string().describe('why it is not possible, as a sentence'),
      }),
    )
    .describe('combinations that are not possible'),
  runs: z.array(sweepRun).describe('every run, in the order of time'),
  capacity: z.array(capacity).optional().describe('of each point; only where capacities are searched'),
  thresholds,
})

export type SweepRun = z.infer<typeof sweepRun>
export type TrialQueue = z.infer<typeof trialQueue>
export type SweepPointResult = z.infer<typeof sweepPoint>
export type PointSummary = z.infer<typeof pointSummary>
export type Capacity = z.infer<typeof capacity>
export type SweepResult = z.infer<typeof sweepResult>
