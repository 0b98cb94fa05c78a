import type { SteeringKind } from '../plan/steering.js'
import { ClassicSteering } from './classic.js'
import { consistent } from './consistent.js'
import { cpuProgram } from './cpu.js'
import { IncomingCpuSteering } from './incoming-cpu.js'
import { randomProgram } from './random.js'
import { roundRobin } from './round-robin.js'
import { SeatSteering } from './seat-steering.js'
import type { Steering } from './steering.js'
import { sticky } from './sticky.js'

export interface SteeringOptions {
  kind: SteeringKind
  /** sockets that the group has at most at a time */
  mostMembers: number
  /** lives of members that there will be in all */
  seats: number
  /** flows that `sticky` must not forget */
  flows: number
}

/**
 * Makes a steering ready to be attached; undefined for `hash`, which needs none.
 * @throws RpbenchError RPB_STEERING where this user or this kernel cannot
 */
export function openSteering({ kind, mostMembers, seats, flows }: SteeringOptions): Steering | undefined {
  const purpose = `--steering ${kind}`
  switch (kind) {
    case 'random':
      return new ClassicSteering(randomProgram(mostMembers))
    case 'cpu':
      return new ClassicSteering(cpuProgram(mostMembers))
    case 'incoming-cpu':
      return new IncomingCpuSteering()
    case 'round-robin':
      return new SeatSteering(purpose, seats, roundRobin(seats))
    case 'consistent':
      return new SeatSteering(purpose, seats, consistent)
    case 'sticky':
      return new SeatSteering(purpose, seats, sticky(flows))
    default:
      return undefined
  }
}
