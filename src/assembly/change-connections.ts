import { lifeKey } from '../kernel/group-array.js'
import type { DoneChange } from '../recording/done-change.js'
import type { Recording } from '../recording/recording.js'
import type { ConnectionsAtChange } from '../result/churn-result.js'
import { sum } from './figures.js'

/** What of connections the listeners took along that left at the i-th change; undefined where none did, or over UDP. */
export function connectionsAtChange(
  { changes, group, host }: Recording,
  done: readonly DoneChange[],
  i: number,
): ConnectionsAtChange | undefined {
  const { taken, losses } = done[i]!
  const left = new Set(taken.filter(({ action }) => action === 'stop').map(lifeKey))
  const lives = group.lives.flatMap((life) =>
    left.has(lifeKey(life)) && life.after.connections ? [life.after.connections] : [],
  )
  const after = (done[i + 1] ?? changes?.failed)?.losses ?? changes?.lossesAfter
  if (lives.length === 0 || losses.ended === undefined || after?.ended === undefined) return undefined
  const queued = sum(lives.map(({ acceptQueue }) => acceptQueue))
  const migrates = host.migratesConnections
  return {
    queued,
    ...(migrates !== undefined && { migrates }),
    predictedLost: migrates === true ? 0 : queued,
    reset: after.ended.resetByServer - losses.ended.resetByServer,
    closed: after.ended.closedByServer - losses.ended.closedByServer,
    open: sum(lives.map(({ open }) => open)),
  }
}
