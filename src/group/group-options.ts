import type { Bound } from '../host/transport.js'
import type { DispatchKind } from '../plan/dispatch.js'
import type { HashObserver } from '../steering/hash-observer.js'
import type { Steering } from '../steering/steering.js'
import type { GroupService } from './group-memory.js'
import type { ServerOptions } from './servers.js'
import type { StampArrivals } from './sockets.js'

export interface GroupOptions extends ServerOptions, Bound {
  port: number
  /** the run whose requests are answered from the start; absent where runs are told of later */
  runId?: bigint
  members: number
  /** how many members may still join later */
  joiners?: number
  /** reuseport when absent; members can join no other */
  dispatch?: DispatchKind
  /** of TCP: how many connections may wait at each member; as many as the kernel allows when absent */
  backlog?: number
  receiveBufferBytes: number | undefined
  stampArrivals: StampArrivals
  /** picks members in place of the hash; closed with the group */
  steering?: Steering
  /** records hashes, closed with the group; a group takes either this or a steering */
  observer?: HashObserver
  /** work that each member does for a request; without, it echoes at once */
  service?: GroupService
}
