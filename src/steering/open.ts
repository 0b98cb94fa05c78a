import { flagOf } from '../plan/parameters/table.js'
import type { SteeringKind } from '../plan/steering.js'
import { ClassicSteering } from './classic.js'
import { consistent } from './consistent.js'
import { cpuProgram } from './cpu.js'
import { IncomingCpuSteering } from './incoming-cpu.js'
import { randomProgram } from './random.js'
import { roundRobin } from './round-robin.js'
import { LifeSteering } from './life-steering.js'
import type { Steering } from './steering.js'
import { sticky } from './sticky.js'

interface GroupSize {
  /** sockets that the group has at most at a time */
  mostMembers: number
  /** lives of members that there will be in all */
  lives: number
  /** flows that `sticky` must not forget */
  flows: number
}

export interface SteeringOptions extends GroupSize {
  kind: SteeringKind
}

/** Puts a steering in force; `null` for what the kernel does by itself. */
type Opening = ((purpose: string, size: GroupSize) => Steering) | null

const OPENINGS: Readonly<Record<SteeringKind, Opening>> = {
  hash: null,
  random: (_, { mostMembers }) => new ClassicSteering(randomProgram(mostMembers)),
  cpu: (_, { mostMembers }) => new ClassicSteering(cpuProgram(mostMembers)),
  'incoming-cpu': () => new IncomingCpuSteering(),
  'round-robin': (purpose, { lives }) => new LifeSteering(purpose, lives, roundRobin(lives)),
  consistent: (purpose, { lives }) => new LifeSteering(purpose, lives, consistent),
  sticky: (purpose, { lives, flows }) => new LifeSteering(purpose, lives, sticky(flows)),
}

/**
 * Makes a steering ready to be attached; undefined for `hash`, which needs none.
 * @throws RpbenchError RPB_STEERING where this user or this kernel cannot
 */
export function openSteering({ kind, ...size }: SteeringOptions): Steering | undefined {
  return OPENINGS[kind]?.(`${flagOf('steering')} ${kind}`, size)
}
