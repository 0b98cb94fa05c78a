import type { ClaimId } from '../../plan/claim-ids.js'
import { churnPlan, drawOf, overloadPlan, placesFlows, type VerifyPlan } from '../../plan/verify-plan.js'
import type { Item } from '../agenda.js'
import { expectedNs } from '../expected-time.js'

/** What a verification measures. */
export type VerifyItem = 'draw' | 'churn' | 'light' | 'overload'

/** What the claims of a plan need to have measured. */
export function measuredFor(plan: VerifyPlan): Readonly<Record<'draws' | 'churn' | 'overload', boolean>> {
  const wants = (id: ClaimId): boolean => plan.claims.includes(id)
  const byFlow = placesFlows(plan)
  return {
    draws: wants('affinity') || (wants('balance') && byFlow),
    churn: wants('churn') && byFlow,
    overload: wants('overload') && byFlow,
  }
}

/** In the order in which it is measured; a second overload only comes where the first is uneven. */
export function agendaOf(plan: VerifyPlan): (Item & { what: VerifyItem })[] {
  const { draws, churn, overload } = measuredFor(plan)
  const draw = { what: 'draw' as const, expectedNs: expectedNs(drawOf(plan, 0).plan) }
  return [
    ...(draws ? Array.from({ length: plan.repetitions }, () => draw) : []),
    ...(churn ? [{ what: 'churn' as const, expectedNs: expectedNs(churnPlan(plan).plan) }] : []),
    ...(overload
      ? (['light', 'overload'] as const).map((what) => ({
          what,
          expectedNs: expectedNs(overloadPlan(plan, what, 0)),
        }))
      : []),
  ]
}
