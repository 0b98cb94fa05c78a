import { RpbenchError } from '../errors.js'
import type { GroupPlan } from '../plan/group-plan.js'
import { HEADER_BYTES, MOST_PAYLOAD_BYTES } from '../plan/datagram.js'
import type { GroupReading, GroupRecording } from '../recording/group-recording.js'
import type { HostReadings } from '../recording/host-readings.js'
import type { Silence } from '../recording/silence.js'
import type { StrangerRecording } from '../recording/stranger-recording.js'

/** Raised when one side would not understand the other any more. */
export const CONTROL_PROTOCOL = 2

/** What a group says of itself to a client that has the token. */
export interface ServedGroup {
  protocol: number
  /** version of the rpbench that serves it */
  tool: string
  /** UDP port of the group */
  port: number
  plan: GroupPlan
  /** processes of the members, by index */
  pids: number[]
  /** of its host and of the network namespace there: see host/whereabouts.ts */
  bootId: string
  networkId: string
  /** its host, as results describe one */
  host: unknown
}

/** What a client asks of a group, one thing at a time or several, each with a number of its own. */
export type Request =
  /**
   * answer the requests of this run from now on; `runId` in decimal. Of several shards all get one: that which the first asked for
   */
  | { do: 'run'; runId: string; payloadBytes: number }
  /** the measured phase begins */
  | { do: 'begin' }
  | { do: 'is-empty' }
  | { do: 'until-empty'; boundMs: number }
  /** where the counters stand now */
  | { do: 'read' }
  /** the measured phase is over, and the run with it */
  | { do: 'finish' }
  /** the client is still there */
  | { do: 'stay' }

/** Where a group stands in a measured phase. */
export interface Standing {
  reading: GroupReading
  /** dropped at its members since their sockets were opened */
  drops: number
}

/** What was seen of a run where the group is. Times are ns since its measured phase began there. */
export interface SeenThere {
  host: HostReadings
  strangers: StrangerRecording[]
  silences: Silence[]
  /** whether it heard of sockets that came and went between two looks */
  hearsOfClosings: boolean
}

export interface Finished {
  group: GroupRecording
  seen: SeenThere
  /** where several shards send a run: those of them that had left before its end */
  lost?: number[]
}

/** What each request is answered with. */
export interface Answers {
  run: { runId: string }
  begin: null
  'is-empty': boolean
  'until-empty': boolean
  read: Standing
  finish: Finished
  stay: null
}

/** What a group says: at first who it is, or why it does not serve this client; then answers, and what it is not asked for. */
export type Said =
  | { group: ServedGroup }
  | { refused: string }
  | { id: number; answer: unknown }
  | { id: number; failed: string }
  | { standing: Standing }
  | { died: { who: number | 'front'; why: string } }

const MOST_WAIT_MS = 10_000

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most

/**
 * Reads a line of JSON that has to be an object.
 * @throws RpbenchError RPB_CONTROL
 */
export function parseMessage(line: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new RpbenchError('RPB_CONTROL', 'What came over the control connection is no JSON.')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new RpbenchError('RPB_CONTROL', 'What came over the control connection is no message.')
}

/**
 * Reads a request of a client.
 * @throws RpbenchError RPB_CONTROL where it is none
 */
export function readRequest(message: Record<string, unknown>): { id: number; request: Request } {
  const { id, do: what } = message
  const request = isWhole(id, 1, Number.MAX_SAFE_INTEGER) ? requestOf(what, message) : undefined
  if (request === undefined)
    throw new RpbenchError('RPB_CONTROL', 'A request came over the control connection that is none.')
  return { id: id as number, request }
}

function requestOf(what: unknown, { runId, payloadBytes, boundMs }: Record<string, unknown>) {
  switch (what) {
    case 'begin':
    case 'is-empty':
    case 'read':
    case 'finish':
    case 'stay':
      return { do: what } satisfies Request
    case 'until-empty':
      return isWhole(boundMs, 0, MOST_WAIT_MS) ? ({ do: what, boundMs } satisfies Request) : undefined
    case 'run': {
      const named = typeof runId === 'string' && /^\d{1,20}$/.test(runId) && BigInt(runId) < 2n ** 64n
      return named && isWhole(payloadBytes, HEADER_BYTES, MOST_PAYLOAD_BYTES)
        ? ({ do: what, runId, payloadBytes } satisfies Request)
        : undefined
    }
    default:
      return undefined
  }
}
