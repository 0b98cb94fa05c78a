import { usageError } from '../errors.js'
import { DISPATCH, DISPATCHES } from './dispatch.js'
import { flagOf } from './parameters/table.js'
import { portProtocolOf, type Protocol } from './protocol.js'
import type { HostFacts, RunRequest } from './run-plan.js'

/**
 * @param request what was asked for, of members that listen for connections or of others
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function refuseListeners(
  { backlog, dispatch, target }: RunRequest,
  protocol: Protocol,
  { mostBacklog }: Pick<HostFacts, 'mostBacklog'>,
): void {
  if (target !== undefined) return
  if (portProtocolOf(protocol) !== 'tcp') {
    if (backlog === undefined) return
    throw usageError(
      `${flagOf('backlog')} is of listeners, which ${flagOf('protocol')} ${protocol} has none of: datagrams wait in ${flagOf('receiveBufferBytes')}; or take ${flagOf('protocol')} tcp.`,
    )
  }
  if (backlog !== undefined && mostBacklog !== undefined && backlog > mostBacklog)
    throw usageError(
      `${flagOf('backlog')} ${backlog} is more than the ${mostBacklog} that this kernel allows: lower it, or raise net.core.somaxconn.`,
    )
  if (dispatch !== undefined && DISPATCH[dispatch].front)
    throw usageError(
      `${flagOf('dispatch')} ${dispatch} hands on datagrams: over TCP take ${DISPATCHES.filter((kind) => !DISPATCH[kind].front).join(', ')}.`,
    )
}
