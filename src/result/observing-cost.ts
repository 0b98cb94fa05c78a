import * as z from 'zod'
import { count, ns } from './scalars.js'

/** What the programs cost by which a server that is not ours was observed. */
export const observingCost = {
  counted: z
    .object({
      packets: count.describe('that passed a filter of ours while the kernel measured it'),
      runNs: ns.describe('CPU time that they took in it'),
      overNs: ns.describe('how long that was measured'),
    })
    .optional()
    .describe(
      'what counting cost the observed server, as the kernel counted it; absent where it does not, or nothing came',
    ),
  readers: z
    .object({
      reads: count.describe(
        'of all sockets of this host that passed the program while the kernel measured it',
      ),
      runNs: ns.describe('CPU time that they took in it'),
      overNs: ns.describe('how long that was measured'),
    })
    .optional()
    .describe(
      'what seeing who takes cost those who read sockets on this host; absent likewise, and below `explain`',
    ),
}
