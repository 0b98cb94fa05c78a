import { combineConnections, type ConnectionCounts } from '../recording/connection-counts.js'
import type { Recording } from '../recording/recording.js'
import type { Connections } from '../result/connections.js'
import { memberConnectionsOf } from './member-connections.js'

type Counted = Pick<Recording, 'reports' | 'group'>

/** What all workers counted of their connections; undefined where flows are none. */
export function connectionCountsOf({ reports }: Pick<Recording, 'reports'>): ConnectionCounts | undefined {
  const counts = reports.flatMap(({ connections }) => connections ?? [])
  return counts.length > 0 ? combineConnections(counts, (a, b) => a + b) : undefined
}

/** What became of the connections of the measured phase; undefined where flows are none. */
export function connectionsOf({ reports, group }: Counted): Connections | undefined {
  const counts = connectionCountsOf({ reports })
  if (counts === undefined) return undefined
  const { opened, established, refused, timedOut, failed, ...rest } = counts
  const accepted = memberConnectionsOf(group.lives)?.accepted
  return {
    opened,
    established,
    refused,
    timedOut,
    failed,
    unfinished: opened - established - refused - timedOut - failed,
    ...(accepted !== undefined && { accepted }),
    ...rest,
  }
}
