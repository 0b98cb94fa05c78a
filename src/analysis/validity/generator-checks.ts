import { formatCount, formatDuration, formatPercent } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import { type CheckRow, isOpenLoop } from './observations.js'
import { capital, lowerTheLoad, relieveClient } from './relief.js'

/**
 * A client that shares its cores waits for its turn now and then. On an idle virtual machine with two of them, shared
 * with two members at 5,000 to 60,000 requests a second, p99 of the lag was 0.08 – 1.2 ms (Linux 6.18, 250 Hz), with
 * something else at work beside it 4 – 8 ms. Where the system itself answers slowly, lateness matters only in proportion.
 */
const LAG_NS = 2e6
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

/** No buffer or memory for the datagram: the sender was too fast. Other errors have other causes. */
const SENDER_TOO_FAST = new Set(['EAGAIN', 'ENOBUFS', 'ENOMEM'])

/** Was it the generator? Checks of the client itself. */
export const GENERATOR_CHECKS: readonly CheckRow[] = [
  {
    code: 'schedule-lag',
    measure: ({ schedule, load: { rateHz = Infinity } }) => {
      const { lagP99Ns, responseP99Ns = 0, offered = 0 } = schedule ?? {}
      const enough = offered >= LAG_LEAST_REQUESTS && offered / rateHz >= LAG_LEAST_SECONDS
      return lagP99Ns === undefined || !enough
        ? undefined
        : { measured: lagP99Ns, limit: Math.max(LAG_NS, LAG_OF_RESPONSE * responseP99Ns) }
    },
    explain: (observed, lagNs) => ({
      severity: 'suspect',
      message: `One request in a hundred was sent ${formatDuration(lagNs)} or more after its time: response times hold the client's own lateness.`,
      nextStep: relieveClient(observed),
    }),
  },
  {
    code: 'achieved-rate',
    measure: ({ schedule }) => {
      if (schedule === undefined || schedule.offered === 0) return undefined
      const measured = schedule.achieved
      // A single request may fall to the end of the schedule.
      const promised = Math.min(ACHIEVED_PROMISED, 1 - 1 / schedule.offered)
      const invalid = Math.min(ACHIEVED_INVALID, promised)
      return { measured, limit: measured < invalid ? invalid : promised, atLeast: true }
    },
    explain: (observed, achieved, limit) => ({
      severity: limit <= ACHIEVED_INVALID ? 'invalid' : 'suspect',
      message: `The client sent only ${formatPercent(achieved)} of what the schedule asked for: this is not the load that was meant.`,
      nextStep: relieveClient(observed),
    }),
  },
  {
    code: 'client-cpu',
    measure: ({ clientCpuShares = [] }) =>
      clientCpuShares.length === 0
        ? undefined
        : { measured: Math.max(...clientCpuShares), limit: CLIENT_CPU },
    explain: (observed, share) => ({
      severity: isOpenLoop(observed) ? 'suspect' : 'note',
      message: `A client thread used ${formatPercent(share, 0)} of a CPU: ${
        isOpenLoop(observed)
          ? 'it has no time left to be on time.'
          : 'the client, not the group, sets the rate of this closed loop.'
      }`,
      nextStep: relieveClient(observed),
    }),
  },
  {
    code: 'send-errors',
    measure: ({ sendErrors }) => ({
      measured: sendErrors.reduce((sum, e) => sum + e.count, 0),
      limit: 0,
    }),
    explain: (observed) => {
      const { sendErrors } = observed
      const tooFast = sendErrors.some((e) => SENDER_TOO_FAST.has(e.errno))
      const filtered = sendErrors.some((e) => !SENDER_TOO_FAST.has(e.errno))
      const steps = [
        ...(tooFast ? [lowerTheLoad(observed)] : []),
        ...(filtered ? ["look at what filters or limits this host's traffic"] : []),
      ]
      return {
        severity: 'suspect',
        message: `${sendErrors.map((e) => `${plural(e.count, 'send', 'sends')} failed with ${e.errno}`).join('; ')}.`,
        nextStep: `${capital(steps.join(', and '))}.`,
      }
    },
  },
  {
    code: 'client-drops',
    measure: ({ droppedAtClient }) => ({ measured: droppedAtClient, limit: 0 }),
    explain: (observed, drops) => ({
      severity: 'suspect',
      message: `${plural(drops, 'reply was', 'replies were')} dropped at the client's own sockets: it was too slow to take them.`,
      nextStep: relieveClient(observed),
    }),
  },
  {
    code: 'littles-law',
    measure: ({ inFlight: f }) => {
      if (f === undefined || f.answered < LITTLE_LEAST_REQUESTS || f.integralNs <= 0) return undefined
      const cutOff = f.mean * f.waves > LITTLE_BLUR * f.answered
      if (cutOff || f.givenUpNs > LITTLE_BLUR * f.integralNs) return undefined
      return {
        measured: Math.abs(f.answeredNs + f.givenUpNs - f.integralNs) / f.integralNs,
        limit: LITTLE_DIFFERENCE,
      }
    },
    explain: ({ inFlight }, difference) => ({
      severity: 'suspect',
      message: `Requests in flight, ${(inFlight?.mean ?? 0).toPrecision(3)} on average, differ by ${formatPercent(difference)} from rate times latency (Little's law): some time is not in the latencies of the ${formatCount(inFlight?.answered ?? 0)} requests.`,
      nextStep: 'Run again; if it stays, the client was stopped for long moments: see what else runs here.',
    }),
  },
]
