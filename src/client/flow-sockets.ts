import { RpbenchError } from '../errors.js'
import type { ComputedFlows } from '../plan/computed-flows.js'
import type { FlowShare, ListedFlows } from '../plan/flow-plan.js'
import type { AddressBlock, ComputedSources, FlowSources, ListedSources } from '../plan/flow-sources.js'
import { endpoint, WILDCARD } from '../units/addresses.js'
import type { Engine } from './engine.js'

/** The sockets of a worker's flows: one each, or some that all of them share. */
export interface FlowSockets {
  /** where flows come from, after ports in use were replaced by spare ones */
  readonly sources: FlowSources
  readonly replaced: number
  /** sockets that are open at a time */
  readonly lanes: number
  /** how often they are opened anew, so that each flow has its turn */
  readonly waves: number
  /** Opens what flows `from` … `to`−1 of the share need; where each has a socket, at lanes 0 and up. */
  open(engine: Engine, from: number, to: number): void
}

/** The flows of one worker: which address and port each has, after those in use were replaced by spare ones. */
class SocketEach implements FlowSockets {
  readonly sources: ListedSources
  readonly lanes: number
  readonly waves: number
  replaced = 0
  #spare: number

  constructor(
    readonly share: ListedFlows & { firstFlow: number },
    readonly waveSize: number,
  ) {
    this.sources = {
      addresses: share.addresses,
      addressIndex: share.addressIndex.slice(0, share.flows),
      port: share.port.slice(0, share.flows),
    }
    this.lanes = Math.min(waveSize, share.flows)
    this.waves = Math.ceil(share.flows / this.lanes)
    this.#spare = share.flows
  }

  open(engine: Engine, from: number, to: number): void {
    const { addresses, addressIndex, port } = this.sources
    for (let flow = from; flow < to; flow++) {
      for (;;) {
        const address = addresses[addressIndex[flow]!]!
        const error = engine.open(flow - from, address, port[flow]!)
        if (!error) break
        if (error.code !== 'EADDRINUSE') throw this.#failed(flow, address, error)
        this.#replace(flow)
      }
    }
  }

  #replace(flow: number): void {
    const { share, sources } = this
    if (this.#spare >= share.port.length)
      throw new RpbenchError(
        'RPB_FLOWS',
        `Source port ${sources.port[flow]} is in use and no spare one is left: widen --source-ports, add --source-addresses, or lower --flows.`,
      )
    sources.addressIndex[flow] = share.addressIndex[this.#spare]!
    sources.port[flow] = share.port[this.#spare]!
    this.#spare++
    this.replaced++
  }

  #failed(flow: number, address: string, error: Error & { code: string }): RpbenchError {
    const where = `Flow ${flow + this.share.firstFlow} from ${endpoint(address, this.sources.port[flow]!)}`
    if (error.code === 'EMFILE' || error.code === 'ENFILE')
      return new RpbenchError(
        'RPB_FILES',
        `${where} met the limit of open files: raise it with ulimit -n, or lower --wave-size (now ${this.waveSize}).`,
      )
    return new RpbenchError('RPB_FLOWS', `${where} could not be opened (${error.message}).`)
  }
}

/** Sockets that all flows share: where a flow comes from is computed, and nothing is kept of it. */
class SharedSockets implements FlowSockets {
  readonly sources: ComputedSources
  readonly lanes: number
  readonly waves = 1
  replaced = 0

  constructor(readonly share: ComputedFlows & { firstFlow: number }) {
    const { seed, first, sockets, ports, family } = share
    this.sources = { seed, first, ports: ports.slice(0, sockets), ...(family && { family }) }
    this.lanes = sockets
  }

  open(engine: Engine): void {
    const { share } = this
    const spare = share.ports.slice(share.sockets)
    const ports = share.ports.slice(0, share.sockets)
    engine.computeFlows(share.flows, this.sources)
    for (let lane = 0; lane < ports.length; lane++) {
      for (;;) {
        const error = engine.open(lane, WILDCARD[share.family ?? 'ipv4'], ports[lane]!)
        if (!error) break
        const where = `The socket at source port ${ports[lane]}`
        if (error.code === 'EMFILE' || error.code === 'ENFILE')
          throw new RpbenchError(
            'RPB_FILES',
            `${where} met the limit of open files: raise it with ulimit -n.`,
          )
        if (error.code !== 'EADDRINUSE')
          throw new RpbenchError('RPB_FLOWS', `${where} could not be opened (${error.message}).`)
        if (spare.length === 0)
          throw new RpbenchError(
            'RPB_FLOWS',
            `${where} is in use and no spare one is left: widen --source-ports.`,
          )
        ports[lane] = spare.shift()!
        this.replaced++
      }
    }
    Object.assign(this.sources, { ports })
  }
}

/** A TUN device that all flows share, in place of sockets. */
class SharedDevice implements FlowSockets {
  readonly sources: ComputedSources
  readonly lanes = 1
  readonly waves = 1
  readonly replaced = 0

  constructor(
    readonly share: ComputedFlows & { firstFlow: number },
    device: AddressBlock,
  ) {
    const { seed, first, sockets, ports } = share
    this.sources = { seed, first, ports: ports.slice(0, sockets), device }
  }

  open(engine: Engine): void {
    const { flows, queue } = this.share
    engine.computeFlows(flows, this.sources)
    const error = engine.openDevice(this.sources.ports, queue!)
    if (error)
      throw new RpbenchError('RPB_FLOWS', `The client cannot have its TUN device (${error.message}).`)
  }
}

/** @param waveSize sockets that may be open at a time, where each flow has one */
export function socketsOf(share: FlowShare, waveSize: number): FlowSockets {
  if ('addressIndex' in share) return new SocketEach(share, waveSize)
  return share.device === undefined ? new SharedSockets(share) : new SharedDevice(share, share.device)
}
