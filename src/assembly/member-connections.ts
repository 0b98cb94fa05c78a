import { portProtocolOf } from '../plan/protocol.js'
import type { LifeRecording } from '../recording/group-recording.js'
import type { Recording } from '../recording/recording.js'
import type { MemberConnections } from '../result/member.js'
import { sum } from './figures.js'

/** What one member did with connections, over all its lives; undefined where it listens for none. */
export function memberConnectionsOf(
  lives: readonly Pick<LifeRecording, 'before' | 'after'>[],
): MemberConnections | undefined {
  const counted = lives.flatMap(({ before, after }) =>
    after.connections ? { before: before?.connections, after: after.connections } : [],
  )
  if (counted.length === 0) return undefined
  return {
    accepted: sum(counted.map(({ before, after }) => after.accepted - (before?.accepted ?? 0))),
    acceptQueueMost: Math.max(...counted.map(({ after }) => after.acceptQueueMost)),
    acceptQueueLimit: Math.max(...counted.map(({ after }) => after.acceptQueueLimit)),
    overflows: sum(counted.map(({ before, after }) => after.overflows - (before?.overflows ?? 0))),
    leftInQueue: sum(counted.map(({ after }) => after.acceptQueue)),
  }
}

/** The same counts of the kernel's, of the whole network namespace; undefined over UDP, or where it does not tell. */
export function listenDropsOf({ plan, host }: Pick<Recording, 'plan' | 'host'>): {
  listenOverflows?: number
  listenDrops?: number
  synRetransmits?: number
} {
  return portProtocolOf(plan.protocol) === 'tcp' && host.listen
    ? {
        listenOverflows: host.listen.overflows,
        listenDrops: host.listen.drops,
        synRetransmits: host.listen.synRetransmits,
      }
    : {}
}
