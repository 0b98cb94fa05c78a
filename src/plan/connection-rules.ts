import { usageError } from '../errors.js'
import { flagOf } from './parameters/table.js'
import { PROTOCOL, PROTOCOLS, type Protocol } from './protocol.js'
import type { RunRequest } from './run-plan.js'

const overTcp = (protocol: Protocol): boolean => PROTOCOL[protocol].transport === 'tcp'

/**
 * @param request what was asked for, of flows that are connections or of others
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function refuseConnections(request: RunRequest, protocol: Protocol): void {
  const { requestsPerConnection, requests, engine } = request
  if (!overTcp(protocol)) {
    if (requestsPerConnection === undefined) return
    throw usageError(
      `${flagOf('requestsPerConnection')} is of connections, which ${flagOf('protocol')} ${protocol} has none of: take ${PROTOCOLS.filter(overTcp).join(' or ')}.`,
    )
  }
  if (engine !== undefined && engine !== 'epoll' && engine !== 'auto')
    throw usageError(`${flagOf('engine')} ${engine} moves datagrams: over TCP leave it out for epoll.`)
  if (requests !== undefined && requestsPerConnection !== undefined && requests % requestsPerConnection !== 0)
    throw usageError(
      `${flagOf('requests')} ${requests} is not a multiple of ${flagOf('requestsPerConnection')} ${requestsPerConnection}: each flow has its requests on whole connections.`,
    )
}
