import { changeText } from '../plan/group-change.js'
import type { Life } from '../kernel/group-array.js'
import type { DoneChange, FailedChange } from '../recording/done-change.js'
import type { GroupEvent } from '../recording/interval-reading.js'
import type { Silence } from '../recording/silence.js'

/** Changes that were carried out, and one that failed. */
export function eventsOfChanges({
  done,
  failed,
}: {
  done: readonly DoneChange[]
  failed?: FailedChange | undefined
}): GroupEvent[] {
  const events = done.map(({ change, beganNs }): GroupEvent => ({
    kind: 'change',
    atNs: beganNs,
    change: changeText(change),
  }))
  if (failed) events.push({ kind: 'failed-change', atNs: failed.askedNs, change: changeText(failed.change) })
  return events
}

/** The beginning, and the end, of each time in which one stood still. */
export function eventsOfSilences(silences: readonly Silence[]): GroupEvent[] {
  return silences.flatMap(({ life, fromNs, toNs, cameBack }): GroupEvent[] => [
    { kind: 'silent', atNs: fromNs, ...(life && { life }) },
    ...(cameBack ? [{ kind: 'back' as const, atNs: toNs, ...(life && { life }) }] : []),
  ])
}

/** The end of one that was not told to end; without a life, the front's. */
export function eventOfDeath(life: Life | undefined, atNs: number): GroupEvent {
  return { kind: 'death', atNs, ...(life && { life: { member: life.member, generation: life.generation } }) }
}
