import type { RunPlan } from '../plan/run-plan.js'
import type { RunPhase } from './progress.js'

/** Starting a group, opening flows, and emptying queues: what a run takes beside its phases, as a guess. */
const STARTING_NS = 0.2e9
const OPENING_NS = 0.2e9
const FINISHING_NS = 0.2e9
/** Of a flow without a schedule: what a closed loop reaches on a small machine, as a guess. */
const GUESSED_RATE_HZ = 100_000
/** Of what is still to be sent, this part must have been before the pace is taken for what it will be. */
const LEAST_SHARE = 0.01

type Plan = Pick<RunPlan, 'warmupNs' | 'durationNs' | 'requests' | 'flows' | 'rateHz' | 'waves'>

/** How long the measured phase of a run is expected to take, ns. */
const measuredNs = ({ durationNs, requests = 0, flows, rateHz }: Plan): number =>
  durationNs ?? (1e9 * requests * flows) / (rateHz ?? GUESSED_RATE_HZ)

/** How long a run is expected to take, ns of wall time. */
export function expectedNs(plan: Plan): number {
  return STARTING_NS + OPENING_NS + plan.warmupNs + measuredNs(plan) + FINISHING_NS
}

/** Where a run is. */
export interface RunPosition {
  phase: RunPhase
  /** since the phase began, ns */
  elapsedNs: number
  /** requests that were sent in it */
  sent: number
  /** waves that are over, and how long after the beginning of the phase the last of them was, ns */
  wavesDone: number
  lastWaveNs: number
  /** until it is to begin to send, ns; 0 where that is now */
  waitNs?: number
}

/** How long a run that is there is expected to take from now on, ns. */
export function remainingOfRun(plan: Plan, position: RunPosition): number {
  const { phase, elapsedNs, waitNs = 0 } = position
  const left = (wholeNs: number): number => Math.max(0, wholeNs - elapsedNs)
  const measuring = measuredNs(plan)
  switch (phase) {
    case 'starting the group':
      return left(STARTING_NS) + OPENING_NS + plan.warmupNs + measuring + FINISHING_NS
    case 'opening flows':
      return left(OPENING_NS) + plan.warmupNs + measuring + FINISHING_NS
    case 'waiting to start':
      return waitNs + plan.warmupNs + measuring + FINISHING_NS
    case 'warming up':
      return left(plan.warmupNs) + measuring + FINISHING_NS
    case 'measuring':
      return remainingOfPhase(plan, position) + FINISHING_NS
    default:
      return left(FINISHING_NS)
  }
}

function remainingOfPhase(plan: Plan, { elapsedNs, sent, wavesDone, lastWaveNs }: RunPosition): number {
  // Waves have their sockets opened and their last replies awaited: what that takes shows in those that are over.
  if (plan.durationNs !== undefined && wavesDone > 0)
    return Math.max(0, (lastWaveNs / wavesDone) * plan.waves - elapsedNs)
  if (plan.durationNs !== undefined) return Math.max(0, plan.durationNs - elapsedNs)
  const share = sent / ((plan.requests ?? 1) * plan.flows)
  if (share < LEAST_SHARE) return Math.max(0, measuredNs(plan) - elapsedNs)
  return (elapsedNs * Math.max(0, 1 - share)) / share
}

/** Of the time that something is expected to take, how much is over, 0 to 1. */
export function doneShare(elapsedNs: number, remainingNs: number): number {
  const wholeNs = elapsedNs + remainingNs
  return wholeNs > 0 ? elapsedNs / wholeNs : 0
}
