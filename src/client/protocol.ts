import type { MessagePort } from 'node:worker_threads'
import type { ErrorCode } from '../errors.js'
import type { WorkerReport } from '../recording/worker-report.js'
import type { EngineKind } from '../plan/engine.js'
import type { FlowShare } from '../plan/flow-plan.js'
import type { Questions } from '../plan/questions.js'

/** What a load worker is given. Times are ns since the run's epoch unless they are lengths. */
export interface WorkerTask {
  index: number
  workers: number
  /** among the workers of all parts of the plan, from 0 */
  place: { index: number; of: number }
  /** messages to the parent */
  port: MessagePort
  /** memory of Control, shared with the parent */
  control: SharedArrayBuffer
  share: FlowShare
  server: { address: string; port: number }
  /** whether what is sent may leave this host */
  anywhere: boolean
  /** of a server that is not ours; absent where members of ours are asked */
  foreign: { questions?: Questions | undefined } | undefined
  engine: EngineKind
  runId: bigint
  epochNs: bigint
  members: number
  payloadBytes: number
  transport: 'udp' | 'tcp'
  /** over TCP: requests after which a flow connects anew; none when absent */
  requestsPerConnection: number | undefined
  seed: number
  /** requests in flight over all flows of this worker */
  inFlight: number
  /** flows open at a time */
  waveSize: number
  warmupNs: number
  /** length of the measured phase over all waves; absent when `requestsPerFlow` decides */
  durationNs: number | undefined
  requestsPerFlow: number | undefined
  timeoutNs: number
  /** whether members read the clock of this host; as they do when absent */
  sharedClock?: boolean
  /** whether each flow has one member, as long as the group stays as it is */
  placedByFlow: boolean
  /** open loop: requests per second of this worker, and how they are spaced; closed loop when absent */
  rateHz: number | undefined
  arrivals: 'constant' | 'poisson'
  /** how often each flow of this worker's share is asked, relative to the others; all alike when absent */
  weights: Float64Array | undefined
  /** the CPU that its thread is to run on; any when absent */
  cpu: number | undefined
  /** follow flows from member to member (see FlowTrace), and count by time (see Timeline); only with a rate */
  trace:
    | {
        intervalNs: number
        responseIntervalNs: number
        gapNs: number
        windows: SharedArrayBuffer
        keptNs: number
      }
    | undefined
  /** i32 a member, shared with the parent: how many flows it was the first to answer in the measured phase */
  flowsSeen: SharedArrayBuffer
  /** memory of IntervalMemory, shared with the parent; absent where nothing is counted by interval */
  intervals: SharedArrayBuffer | undefined
}

/**
 * What a worker says on its way. After each of these it waits for the parent to open its barrier: `opened` (the
 * sockets of the first wave), `warmed` (warm-up over and drained), `wave` (a wave's sending over and drained). `sent` (the last
 * request is sent) it says in passing.
 */
export type WorkerMessage =
  | { kind: 'opened' }
  | { kind: 'warmed' }
  | { kind: 'sent' }
  | { kind: 'wave'; last: boolean; unanswered: number }

/** How a worker's task ended. */
export type WorkerOutcome =
  | { report: WorkerReport; failure?: undefined }
  | { report?: undefined; failure: { code: ErrorCode; message: string } }
