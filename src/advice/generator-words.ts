import { isOpenLoop } from '../analysis/validity/check-row.js'
import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import { plural } from '../units/plural.js'
import { capital, lowerTheLoad, spareTheClient } from './lower-load.js'
import type { WordsOf } from './words.js'

/** No buffer or memory for the datagram: the sender was too fast. Other errors have other causes. */
const SENDER_TOO_FAST = new Set(['EAGAIN', 'ENOBUFS', 'ENOMEM'])

/** A client that was not what the load asked for. */
export const GENERATOR_WORDS: WordsOf<
  'schedule-lag' | 'achieved-rate' | 'client-cpu' | 'send-errors' | 'client-drops' | 'littles-law'
> = {
  'schedule-lag': (observed, { measured }) => ({
    message: `One request in a hundred was sent ${formatDuration(measured)} or more after its time: response times hold the client's own lateness.`,
    nextStep: spareTheClient(observed),
  }),
  'achieved-rate': (observed, { measured }) => ({
    message: `The client sent only ${formatPercent(measured)} of what the schedule asked for: this is not the load that was meant.`,
    nextStep: spareTheClient(observed),
  }),
  'client-cpu': (observed, { measured }) => ({
    message: `A client thread used ${formatPercent(measured, 0)} of a CPU: ${
      isOpenLoop(observed)
        ? 'it has no time left to be on time.'
        : 'the client, not the group, sets the rate of this closed loop.'
    }`,
    nextStep: spareTheClient(observed),
  }),
  'send-errors': (observed) => {
    const { sendErrors } = observed
    const tooFast = sendErrors.some((e) => SENDER_TOO_FAST.has(e.errno))
    const filtered = sendErrors.some((e) => !SENDER_TOO_FAST.has(e.errno))
    const steps = [
      ...(tooFast ? [lowerTheLoad(observed)] : []),
      ...(filtered ? ["look at what filters or limits this host's traffic"] : []),
    ]
    return {
      message: `${sendErrors.map((e) => `${plural(e.count, 'send', 'sends')} failed with ${e.errno}`).join('; ')}.`,
      nextStep: `${capital(steps.join(', and '))}.`,
    }
  },
  'client-drops': (observed, { measured }) => ({
    message: `${plural(measured, 'reply was', 'replies were')} dropped at the client's own ${observed.devices > 0 ? 'TUN devices' : 'sockets'}: it was too slow to take them.`,
    nextStep: spareTheClient(observed),
  }),
  'littles-law': ({ inFlight }, { measured }) => ({
    message: `Requests in flight, ${(inFlight?.mean ?? 0).toPrecision(3)} on average, differ by ${formatPercent(measured)} from rate times latency (Little's law): some time is not in the latencies of the ${formatCount(inFlight?.answered ?? 0)} requests.`,
    nextStep: 'Run again; if it stays, the client was stopped for long moments: see what else runs here.',
  }),
}
