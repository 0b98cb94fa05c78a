import { RpbenchError } from '../errors.js'
import { openControlPort, type ControlPort } from '../control/control-port.js'
import { CONTROL_PROTOCOL, type ServedGroup } from '../control/messages.js'
import { OwnGroup } from '../group/own-group.js'
import { bootId, networkId } from '../host/whereabouts.js'
import { MOST_PAYLOAD_BYTES } from '../plan/datagram.js'
import { mostOf } from '../plan/parameters/table.js'
import { isOpenToOthers, type ServePlan } from '../plan/serve-plan.js'
import { boundTo } from '../plan/transport.js'
import type { ServedMember, ServedRunResult, ServeResult } from '../result/serve-result.js'
import { SERVE_SCHEMA } from '../result/schema-names.js'
import { openSteering } from '../steering/open.js'
import { hostRecord } from './host-record.js'
import { Clients, type Client } from './serve/clients.js'
import { ServedRun } from './serve/served-run.js'
import { sumOf, totalsOf } from './serve/totals.js'
import { serviceOf, startClock, type Clock } from './testbed.js'

export interface ServeOptions {
  plan: ServePlan
  token: string
  /** what the user gave, as given */
  supplied: Record<string, unknown>
  toolVersion: string
  /** ends it in good order */
  signal: AbortSignal
  /** told once, when it serves */
  onServing: (serving: Serving) => void
  /** told every second, and when a client comes or goes */
  onState: (state: ServeState) => void
  /** told of each client's run when it is over */
  onRun: (run: ServedRunResult) => void
}

/** Where a group can be asked. */
export interface Serving {
  port: number
  controlPort: number
}

/** How a group stands. */
export interface ServeState {
  members: ServedMember[]
  /** whose run is served now, and for how long, ns */
  client?: { address: string; forNs: number }
  runs: number
}

const STATE_EVERY_MS = 1000
/** The members' own run number has no seed of its own: service times are drawn from this one. */
const SERVICE_SEED = 1

/**
 * Starts a group and has it serve one client after another, until it is stopped, its time is over, or a member dies.
 * @throws RpbenchError where it cannot be started; nothing is left running or open then
 */
export async function serve(options: ServeOptions): Promise<ServeResult> {
  const { plan, signal } = options
  const clock = startClock()
  const startedAt = new Date()
  const group = await startGroup(plan, clock, signal)
  let service: Service | undefined
  try {
    service = await Service.open(group, clock, options)
    const ended = await service.untilOver()
    return await service.finish({ startedAt, ...ended })
  } finally {
    await service?.close()
    await group.stop()
  }
}

function startGroup(plan: ServePlan, clock: Clock, signal: AbortSignal): Promise<OwnGroup> {
  const { procs, steering: kind, pinMembers } = plan
  const service = serviceOf({ ...plan, seed: SERVICE_SEED })
  const steering = openSteering({ kind, mostMembers: procs, lives: procs, flows: mostOf('flows') })
  return OwnGroup.start(
    {
      ...boundTo(plan),
      anywhere: isOpenToOthers(plan),
      port: plan.port,
      members: procs,
      server: plan.server,
      dispatch: plan.dispatch,
      receiveBufferBytes: plan.receiveBufferBytes,
      stampArrivals: 'never',
      ...(steering && { steering }),
      payloadBytes: MOST_PAYLOAD_BYTES,
      ...(pinMembers && { pinMembers }),
      ...(service && { service }),
      epochNs: clock.epochNs,
    },
    signal,
  )
}

/** A group that serves, with its control port. */
class Service {
  readonly #clients: Clients
  readonly #runs: ServedRunResult[] = []
  readonly #over: AbortController = new AbortController()
  #control!: ControlPort
  #refused = 0
  #failure: string | undefined
  #before: ServedMember[]
  #timer: NodeJS.Timeout | undefined

  private constructor(
    readonly group: OwnGroup,
    readonly clock: Clock,
    readonly options: ServeOptions,
  ) {
    const { plan } = options
    this.#before = totalsOf(group, false)
    this.#clients = new Clients({
      served: () => this.#served(),
      newRun: () => {
        this.#before = totalsOf(group, true)
        return new ServedRun({ group, clock, listening: plan })
      },
      nowNs: () => clock.nowNs(),
      onLeft: (client) => this.#left(client),
    })
  }

  static async open(group: OwnGroup, clock: Clock, options: ServeOptions): Promise<Service> {
    const service = new Service(group, clock, options)
    const { plan, token } = options
    const openAt = (port: number): Promise<ControlPort> =>
      openControlPort({
        ...boundTo(plan),
        port,
        token,
        onClient: (socket, address) => {
          service.#clients.take(socket, address)
          service.#tell()
        },
        onRefused: () => service.#refused++,
      })
    try {
      service.#control = await openAt(plan.controlPort ?? group.port)
    } catch (error) {
      // Nobody asked for this number: the kernel gave it to the group, and of TCP somebody has it.
      const given = plan.controlPort === undefined && plan.port === 0
      if (!given || !(error instanceof RpbenchError) || error.code !== 'RPB_PORT_IN_USE') throw error
      service.#control = await openAt(0)
    }
    group.onDeath((who, why) => {
      const name =
        who === 'front'
          ? 'The front'
          : `Member ${group.lives[who]!.member} (process ${group.lives[who]!.host.pid})`
      service.#failure ??= `${name} ${why}.`
      service.#clients.died(who, why)
      service.#endWhenIdle()
    })
    options.onServing({ port: group.port, controlPort: service.#control.port })
    service.#tick()
    return service
  }

  #served(): ServedGroup {
    const { group, options } = this
    const { plan, toolVersion: tool } = options
    const { controlPort: _, tokenFile: __, durationNs: ___, ...own } = plan
    return {
      protocol: CONTROL_PROTOCOL,
      tool,
      port: group.port,
      plan: { ...own, port: group.port },
      pids: group.lives.map(({ host }) => host.pid),
      bootId: bootId(),
      networkId: networkId(),
      host: hostRecord(),
    }
  }

  #left({ address, sinceNs, run, shards }: Client): void {
    const now = totalsOf(this.group, true)
    const [before, after] = [sumOf(this.#before), sumOf(now)]
    const of = (key: keyof typeof after): number => after[key] - before[key]
    const result: ServedRunResult = {
      client: address,
      ...(shards !== undefined && { shards }),
      atNs: Math.round(sinceNs),
      durationNs: Math.round(this.clock.nowNs() - sinceNs),
      finished: run.finished,
      taken: of('taken'),
      echoed: of('echoed'),
      echoErrors: of('echoErrors'),
      left: of('left'),
      drops: of('drops'),
      strangers: of('strangers'),
    }
    this.#runs.push(result)
    this.options.onRun(result)
    this.#tell()
    this.#endWhenIdle()
  }

  /** A group that is not whole any more serves nobody, but for the client that is there. */
  #endWhenIdle(): void {
    if (this.#failure !== undefined && this.#clients.present === undefined) this.#over.abort()
  }

  #tick(): void {
    this.#tell()
    this.#timer = setTimeout(() => this.#tick(), STATE_EVERY_MS)
  }

  #tell(): void {
    const client = this.#clients.present
    this.options.onState({
      members: totalsOf(this.group, true),
      ...(client && { client: { address: client.address, forNs: this.clock.nowNs() - client.sinceNs } }),
      runs: this.#runs.length,
    })
  }

  /** Waits until it is to end. @returns how it came to that */
  async untilOver(): Promise<Pick<ServeResult, 'failure'>> {
    const { plan, signal } = this.options
    const any = AbortSignal.any([signal, this.#over.signal])
    if (plan.durationNs !== undefined) await this.clock.wait(plan.durationNs / 1e6, any)
    else if (!any.aborted) await new Promise((resolve) => any.addEventListener('abort', resolve))
    return this.#failure === undefined ? {} : { failure: this.#failure }
  }

  /** Ends the serving, and says what was served. */
  async finish({
    startedAt,
    failure,
  }: {
    startedAt: Date
    failure?: string | undefined
  }): Promise<ServeResult> {
    const { plan, supplied, toolVersion } = this.options
    await this.close()
    await this.group.stop()
    return {
      schema: SERVE_SCHEMA,
      tool: { name: 'rpbench', version: toolVersion },
      startedAt: startedAt.toISOString(),
      host: hostRecord(),
      durationNs: Math.round(this.clock.nowNs()),
      ...(failure !== undefined && { stopped: 'failed' as const, failure }),
      plan: { supplied, effective: { ...plan } },
      group: {
        protocol: 'udp',
        address: boundTo(plan).address,
        port: this.group.port,
        controlPort: this.#control.port,
      },
      members: totalsOf(this.group, false),
      runs: this.#runs,
      refused: this.#refused,
      busy: this.#clients.busy,
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#clients.close()
    await this.#control.close()
  }
}
