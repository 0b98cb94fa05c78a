import { ClosedLoop, type FlowSilence } from './closed-loop.js'
import { ConnectionTurns } from './connection-turns.js'
import type { Source } from './driver.js'
import { OpenLoop } from './open-loop.js'
import { NoLoad } from './no-load.js'
import type { WorkerTask } from './protocol.js'
import { mostGivenUp, type Silence } from './silence.js'
import { WeightedLoop } from './weighted-loop.js'

/** What decides the load of one phase on one wave's flows. */
interface SourceInput {
  flows: number
  /** of the first flow, within the share */
  from: number
  /** tells phases and waves apart */
  salt: number
  /** absent: until every flow was asked `task.requestsPerFlow` times */
  durationNs: number | undefined
  /** in a closed loop, the time alone ends it */
  strictly?: boolean
  /** who is silent; absent where the load ends after a time */
  silence?: Silence | undefined
  /** member at which the flow of a lane was answered, −1 while nobody knows */
  memberOf: (lane: number) => number
}

/** Whether a load has no end of its own but the last reply: then it must not wait for whom nobody hears any more. */
export const endsWithReplies = ({ durationNs, rateHz }: Pick<WorkerTask, 'durationNs' | 'rateHz'>): boolean =>
  durationNs === undefined && rateHz === undefined

/** What asks the flows of a wave: by the schedule, the weights or the number of requests that the task has. */
export function createSource(task: WorkerTask, input: SourceInput): Source {
  const { requestsPerConnection: perTurn = 1, requestsPerFlow, rateHz } = task
  if (perTurn === 1 || rateHz !== undefined) return createLoop(task, input)
  const turns = requestsPerFlow === undefined ? undefined : requestsPerFlow / perTurn
  // One turn of a flow at a time.
  const inFlight = Math.min(task.inFlight, input.flows)
  const loop = createLoop({ ...task, requestsPerFlow: turns, inFlight }, input)
  return new ConnectionTurns(loop, input.flows, perTurn, input.durationNs === undefined)
}

/** So many waves draw apart; workers that drew the same arrivals would all send at once. */
const SEEDS_A_WORKER = 2 ** 20

/** The same, where each request is a turn of its own. */
function createLoop(task: WorkerTask, input: SourceInput): Source {
  const { flows, from, salt, durationNs, strictly = false, silence } = input
  const weights = task.weights?.subarray(from, from + flows)
  if (weights?.every((weight) => weight === 0)) return new NoLoad(durationNs)
  const seed = task.seed + salt + SEEDS_A_WORKER * task.place.index
  const requestsPerFlow = durationNs === undefined ? task.requestsPerFlow : undefined
  if (task.rateHz !== undefined) {
    const { rateHz, arrivals } = task
    return new OpenLoop({
      flows,
      weights,
      rateHz,
      arrivals,
      phase: task.place.index / task.place.of,
      seed,
      // Without a time, as many requests as were asked for, at the rate.
      durationNs: durationNs ?? ((requestsPerFlow ?? 1) * flows * 1e9) / rateHz,
      graceNs: task.timeoutNs,
    })
  }
  const { inFlight } = task
  if (weights)
    return new WeightedLoop({
      weights,
      inFlight,
      seed,
      durationNs,
      requests: (requestsPerFlow ?? Infinity) * flows,
      mostGivenUp: mostGivenUp(inFlight, task.timeoutNs),
      silence,
    })
  return new ClosedLoop({
    flows,
    inFlight,
    durationNs,
    strictly,
    mostGivenUp: mostGivenUp(inFlight, task.timeoutNs),
    requestsPerFlow,
    silence: silence && byLane(silence, input, task),
  })
}

/** The silence of flows. Where each datagram is placed anew, no flow shares that of a member. */
function byLane(silence: Silence, { memberOf }: SourceInput, { placedByFlow }: WorkerTask): FlowSilence {
  return {
    of: (lane, nowNs) => placedByFlow && silence.of(memberOf(lane), nowNs),
    get ofAll() {
      return silence.ofAll
    },
    get ofSome() {
      return !placedByFlow && silence.ofSome
    },
  }
}
