import type { Dice } from './dice.js'
import {
  MEMBER_FAULTS,
  type Disturbance,
  type Limit,
  type Means,
  type MemberFault,
  type Moment,
} from './soak-case.js'

function drawMoment(dice: Dice): Moment {
  return dice.chance(0.3)
    ? { after: 'start', ms: dice.whole(0, 1500) }
    : { after: 'members', ms: dice.size(1, 2000) }
}

/** One signal, or two of somebody who loses patience. */
export function drawSignals(dice: Dice): Disturbance[] {
  const first = drawMoment(dice)
  const name = (): 'SIGINT' | 'SIGTERM' | 'SIGHUP' => dice.pick(['SIGINT', 'SIGINT', 'SIGTERM', 'SIGHUP'])
  const signals: Disturbance[] = [{ kind: 'signal', at: first, name: name() }]
  if (dice.chance(0.4))
    signals.push({ kind: 'signal', at: { ...first, ms: first.ms + dice.size(1, 800) }, name: name() })
  return signals
}

export function drawKill(dice: Dice): Disturbance[] {
  return [{ kind: 'signal', at: drawMoment(dice), name: 'SIGKILL' }]
}

/** Something that is done to a member, or to the front. */
export function drawFaults(dice: Dice): Disturbance[] {
  const fault = dice.pick<MemberFault>(MEMBER_FAULTS)
  const at: Moment = { after: 'members', ms: dice.size(1, 1500) }
  const faults: Disturbance[] = [
    { kind: 'member', at, fault, which: dice.whole(0, 7), forMs: dice.size(20, 1500) },
  ]
  // Somebody may lose patience with what stands still.
  if (fault !== 'kill' && dice.chance(0.3)) faults.push(...drawSignals(dice))
  return faults
}

/** Others on the group's port. */
export function drawStrangers(dice: Dice, port: number): Disturbance[] {
  return Array.from({ length: dice.whole(1, 3) }, (): Disturbance => {
    const at = drawMoment(dice)
    return dice.chance(0.5)
      ? { kind: 'joiner', at, port, forMs: dice.size(20, 2000) }
      : { kind: 'datagrams', at, port, count: dice.size(1, 3000) }
  })
}

export function drawLimit(dice: Dice, { otherUser, mounts }: Means): Limit {
  const draw = dice.weighted<() => Limit>([
    [() => ({ name: 'nofile', value: dice.size(16, 400) }), 3],
    [() => ({ name: 'fsize', value: dice.pick([0, 100, 5000, 100_000]) }), 2],
    [() => ({ name: 'as', value: dice.size(500, 8000) * 2 ** 20 }), 1],
    // With fewer Node hangs before it runs anything.
    [() => ({ name: 'nproc', value: dice.size(6, 60) }), otherUser ? 3 : 0],
    [() => ({ name: 'memlock', value: dice.pick([0, 65_536, 2 ** 20]) }), otherUser ? 1 : 0],
    [() => ({ name: 'disk', value: dice.size(4, 200) }), mounts ? 2 : 0],
  ])
  return draw()
}
