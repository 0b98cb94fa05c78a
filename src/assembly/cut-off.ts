import { MEASURED } from '../recording/counters.js'
import type { LifeRecording } from '../recording/group-recording.js'
import type { Recording } from '../recording/recording.js'
import { sum } from './figures.js'

/** One count of the measured phase set to another value. */
const measured = ([warmUp]: [number, number], value: number): [number, number] => [warmUp, value]

/**
 * Completes the counts of members that were cut off: each may have had a batch in hand, which it had counted as taken and not
 * as echoed, though it may have sent it. What the client received of it was echoed; the rest is left, or closed with its
 * socket.
 */
export function withCutOff(recording: Recording): Recording {
  const { group, reports } = recording
  if (!group.lives.some(({ cutOff }) => cutOff)) return recording
  const received = (member: number): number =>
    sum(reports.map(({ members }) => (members[member] ? members[member].replies + members[member].late : 0)))
  const echoedByOthers = (life: LifeRecording): number =>
    sum(
      group.lives
        .filter((other) => other !== life && other.member === life.member)
        .map(({ after }) => after.echoed[MEASURED]),
    )
  const completed = (life: LifeRecording): LifeRecording => {
    const { after, gone } = life
    const [taken, echoErrors] = [after.taken[MEASURED], after.echoErrors[MEASURED]]
    const fromIt = received(life.member) - echoedByOthers(life)
    const echoed = Math.max(after.echoed[MEASURED], Math.min(fromIt, taken - echoErrors))
    const inHand = taken - echoed - echoErrors
    return {
      ...life,
      after: {
        ...after,
        taken: measured(after.taken, taken - inHand),
        echoed: measured(after.echoed, echoed),
        left: measured(after.left, after.left[MEASURED] + (gone ? 0 : inHand)),
      },
    }
  }
  return {
    ...recording,
    group: { ...group, lives: group.lives.map((life) => (life.cutOff ? completed(life) : life)) },
  }
}
