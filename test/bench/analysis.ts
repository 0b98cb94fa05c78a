import { analyseAffinity } from '../../src/analysis/affinity/affinity.js'
import { analyseBalance } from '../../src/analysis/balance/balance.js'
import { analyseTakenBalance } from '../../src/analysis/balance/taken-balance.js'
import { attributeFlows } from '../../src/assembly/attribution.js'
import type { Recording } from '../../src/recording/recording.js'
import type { WorkerReport } from '../../src/recording/worker-report.js'
import { computedSource } from '../../src/plan/flow-sources.js'

/** Flows that were asked once, each at a member that a bijection deals out. */
function recorded(flows: number, members: number): Pick<Recording, 'plan' | 'reports'> {
  const sources = { seed: 1, first: 0, ports: [40_000] }
  const firstMember = new Int32Array(flows)
  for (let flow = 0; flow < flows; flow++) firstMember[flow] = computedSource(sources, flow).address % members
  const report = {
    firstFlow: 0,
    sent: new Uint32Array(flows).fill(1),
    firstMember,
    moves: new Map(),
  } as unknown as WorkerReport
  return { plan: { procs: members, weights: 'uniform' } as Recording['plan'], reports: [report] }
}

const tupleOf = (): never => {
  throw new Error('no flow has moved')
}

/**
 * How long it takes to say where flows are and whether that is fair: attribution, χ² with its bands and residuals, affinity, and the
 * packets beside them.
 * @returns ms
 */
export function timeAnalysis(flows: number, members: number): number {
  const recording = recorded(flows, members)
  const { sent, firstMember, moves } = recording.reports[0]!
  const ledgers = Array.from({ length: members }, () => ({
    taken: 0,
    echoed: 0,
    echoErrors: 0,
    drops: 0,
    left: 0,
    strangers: 0,
  }))
  const began = performance.now()
  const { placement } = attributeFlows(recording, ledgers)
  const { residuals } = analyseBalance(placement.counts, { seed: 1 })
  const affinity = analyseAffinity({ flows, firstMember, sent, moves, tupleOf })
  analyseTakenBalance({
    sentPerFlow: sent,
    memberOfFlow: firstMember,
    takenPerMember: placement.counts,
    seed: 1,
  })
  const took = performance.now() - began
  if (residuals.length !== members || affinity.flows !== flows) throw new Error('not all was analysed')
  return took
}
