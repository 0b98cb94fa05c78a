import { lifeKey } from '../kernel/group-array.js'
import type { ConnectionCounters, MemberCounters } from '../recording/counters.js'
import type { DoneChange } from '../recording/done-change.js'
import type { Recording } from '../recording/recording.js'
import type { ConnectionsAtChange } from '../result/churn-result.js'
import { sum } from './figures.js'

type CountedLife = Pick<MemberCounters, 'taken' | 'left' | 'strangers'> & { connections: ConnectionCounters }

/** What of connections the listeners took along that left at the i-th change; undefined where none did, or over UDP. */
export function connectionsAtChange(
  { changes, group, host }: Recording,
  done: readonly DoneChange[],
  i: number,
): ConnectionsAtChange | undefined {
  const { taken, losses } = done[i]!
  const left = new Set(taken.filter(({ action }) => action === 'stop').map(lifeKey))
  const lives = group.lives.flatMap((life) =>
    left.has(lifeKey(life)) && life.after.connections
      ? [{ ...life.after, connections: life.after.connections }]
      : [],
  )
  const after = (done[i + 1] ?? changes?.failed)?.losses ?? changes?.lossesAfter
  if (lives.length === 0 || losses.ended === undefined || after?.ended === undefined) return undefined
  const queued = sum(lives.map(({ connections }) => connections.acceptQueue))
  const unanswered = sum(lives.map(unansweredOf))
  const migrates = host.migratesConnections
  return {
    queued,
    ...(migrates !== undefined && { migrates }),
    unanswered,
    predictedLost: (migrates === true ? 0 : queued) + unanswered,
    reset: after.ended.resetByServer - losses.ended.resetByServer,
    closed: after.ended.closedByServer - losses.ended.closedByServer,
    open: sum(lives.map(({ connections }) => connections.open)),
  }
}

/**
 * How many connections a member had accepted whose request it had not answered when it ended. Each has one request while a group
 * changes: those that no request was taken of, but for strangers', of which none ever is.
 */
function unansweredOf({ connections, taken, left, strangers }: CountedLife): number {
  return Math.max(0, Math.min(connections.open, connections.accepted - sum(taken) - sum(left) - strangers))
}
