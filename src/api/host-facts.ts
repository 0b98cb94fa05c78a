import { availableParallelism } from 'node:os'
import { isLocalAddress } from '../host/addresses.js'
import { cpusAllowed } from '../host/cpu-time.js'
import { ioUringRefusal } from '../host/io-uring.js'
import { isInOwnNetwork } from '../host/own-network.js'
import { ephemeralPortRange, openFileCount, mostBacklog, openFileLimit, requireProc } from '../host/limits.js'
import { sharesSockets, usesDevice, usesRing } from '../plan/engine.js'
import type { HostFacts, RunRequest } from '../plan/run-plan.js'

/** Whether a client is to have an io_uring, if it can. */
const asksForRing = (engine: RunRequest['engine'] = 'auto'): boolean => engine === 'auto' || usesRing(engine)

/**
 * What this host allows, as far as a plan depends on it.
 * @param asked of it: the engine of the client, and who is to be asked
 * @throws RpbenchError RPB_HOST where that cannot be known
 */
export function hostFacts({ engine, target }: Pick<RunRequest, 'engine' | 'target'> = {}): HostFacts {
  requireProc()
  const backlog = mostBacklog()
  const device = engine !== undefined && usesDevice(engine)
  const refusal = asksForRing(engine) ? ioUringRefusal(device) : undefined
  return {
    cpus: availableParallelism(),
    allowedCpus: cpusAllowed(),
    ephemeralPorts: ephemeralPortRange(),
    openFiles: { limit: openFileLimit(), used: openFileCount() },
    ...(backlog !== undefined && { mostBacklog: backlog }),
    ...(target && { remoteTarget: !isLocalAddress(target.address) }),
    ...(refusal !== undefined && { ioUringRefusal: refusal }),
    ...(engine !== undefined && sharesSockets(engine) && { inOwnNetwork: isInOwnNetwork() }),
  }
}
