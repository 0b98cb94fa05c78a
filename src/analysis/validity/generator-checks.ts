import { isOpenLoop, type CheckRow } from './check-row.js'

/**
 * A client that shares its cores waits for its turn now and then. On an idle virtual machine with two of them, shared
 * with two members at 5,000 to 60,000 requests a second, p99 of the lag was 0.08 – 1.2 ms (Linux 6.18, 250 Hz), with
 * something else at work beside it 4 – 8 ms. Where the system itself answers slowly, lateness matters only in proportion.
 */
export const LAG_NS = 2e6
const LAG_OF_RESPONSE = 0.1
/** One stall as long as a timer tick (4 ms) makes 1 % of 0.4 s late, and one request is 1 % of a hundred: no rule yet. */
const LAG_LEAST_SECONDS = 1
const LAG_LEAST_REQUESTS = 1000

/** The bound of docs/method.md, and the accuracy that rpbench promises. */
const ACHIEVED_INVALID = 0.99
const ACHIEVED_PROMISED = 0.995

/** The rest is what reading clocks and entering the kernel leaves even to a thread that never waits. */
const CLIENT_CPU = 0.95

const LITTLE_DIFFERENCE = 0.05
/** Below, chance alone moves means by percents. */
const LITTLE_LEAST_REQUESTS = 1000
/**
 * Requests in flight when sending ends are not in the integral to their end: they may be 1 % of all, a fifth of the
 * limit. As much again may have been given up, which are in flight up to an end that no latency shows.
 */
const LITTLE_BLUR = 0.01

/** Was it the generator? Checks of the client itself. */
export const GENERATOR_CHECKS: readonly CheckRow[] = [
  {
    code: 'schedule-lag',
    appliesTo: { load: 'open' },
    severity: 'suspect',
    measure: ({ schedule, load: { rateHz = Infinity } }) => {
      const { lagP99Ns, responseP99Ns = 0, offered = 0 } = schedule ?? {}
      const enough = offered >= LAG_LEAST_REQUESTS && offered / rateHz >= LAG_LEAST_SECONDS
      return lagP99Ns === undefined || !enough
        ? undefined
        : { measured: lagP99Ns, limit: Math.max(LAG_NS, LAG_OF_RESPONSE * responseP99Ns) }
    },
  },
  {
    code: 'achieved-rate',
    appliesTo: { load: 'open' },
    severity: (_observed, { limit }) => (limit <= ACHIEVED_INVALID ? 'invalid' : 'suspect'),
    measure: ({ schedule }) => {
      if (schedule === undefined || schedule.offered === 0) return undefined
      const measured = schedule.achieved
      // A single request may fall to the end of the schedule.
      const promised = Math.min(ACHIEVED_PROMISED, 1 - 1 / schedule.offered)
      const invalid = Math.min(ACHIEVED_INVALID, promised)
      return { measured, limit: measured < invalid ? invalid : promised, atLeast: true }
    },
  },
  {
    code: 'client-cpu',
    // In a closed loop the client may set the rate; in an open one it has no time left to be on time.
    severity: (observed) => (isOpenLoop(observed) ? 'suspect' : 'note'),
    measure: ({ clientCpuShares = [] }) =>
      clientCpuShares.length === 0
        ? undefined
        : { measured: Math.max(...clientCpuShares), limit: CLIENT_CPU },
  },
  {
    code: 'send-errors',
    severity: 'suspect',
    measure: ({ sendErrors }) => ({
      measured: sendErrors.reduce((sum, e) => sum + e.count, 0),
      limit: 0,
    }),
  },
  {
    code: 'client-drops',
    severity: 'suspect',
    measure: ({ droppedAtClient }) => ({ measured: droppedAtClient, limit: 0 }),
  },
  {
    code: 'littles-law',
    severity: 'suspect',
    measure: ({ inFlight: f }) => {
      if (f === undefined || f.answered < LITTLE_LEAST_REQUESTS || f.integralNs <= 0) return undefined
      const cutOff = f.mean * f.waves > LITTLE_BLUR * f.answered
      if (cutOff || f.givenUpNs > LITTLE_BLUR * f.integralNs) return undefined
      return {
        measured: Math.abs(f.answeredNs + f.givenUpNs - f.integralNs) / f.integralNs,
        limit: LITTLE_DIFFERENCE,
      }
    },
  },
]
