import type { ObserverCost } from '../recording/observation.js'
import type { AttachResult } from '../result/attach-result.js'

/** What observing cost, as far as the kernel told: of counting, each run is a packet. */
export function observingCostOf({
  measured,
  takers,
}: Partial<ObserverCost>): Pick<AttachResult['cost'], 'counted' | 'readers'> {
  return {
    ...(measured && {
      counted: { packets: measured.runs, runNs: measured.runNs, overNs: measured.overNs },
    }),
    ...(takers && { readers: { reads: takers.runs, runNs: takers.runNs, overNs: takers.overNs } }),
  }
}
