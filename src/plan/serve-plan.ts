import { isLoopback } from '../units/addresses.js'
import { groupPlanOf, type GroupPlan } from './group-plan.js'
import { completePlan, type HostFacts, type RunRequest } from './run-plan.js'
import type { Listening } from './transport.js'

/** What the user asked for: absent where nothing was said. */
export type ServeRequest = Partial<GroupPlan> & Pick<RunRequest, 'controlPort' | 'tokenFile' | 'durationNs'>

/** A group that serves, with nothing left open. */
export interface ServePlan extends GroupPlan {
  /** TCP port of the control connection, 0 for a free one; that of the group when absent */
  controlPort?: number
  tokenFile?: string
  /** how long it serves; until it is stopped when absent */
  durationNs?: number
}

/**
 * Fills in what the request leaves open.
 * @throws RpbenchError (wrong usage) on what makes no sense, or cannot be had here
 */
export function completeServePlan(
  { controlPort, tokenFile, durationNs, ...group }: ServeRequest,
  facts: HostFacts,
): ServePlan {
  return {
    ...groupPlanOf(completePlan(group, facts)),
    ...(controlPort !== undefined && { controlPort }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(durationNs !== undefined && { durationNs }),
  }
}

/** Whether other hosts are to reach it. */
export const isOpenToOthers = ({ host, listen }: Listening): boolean =>
  listen !== 'address' || !isLoopback(host)
