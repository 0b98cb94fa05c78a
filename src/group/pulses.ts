import { MEMBER_STARTING } from './counters.js'
import type { Pulse } from './group.js'
import type { GroupService } from './group-memory.js'
import type { Servers } from './servers.js'
import type { MemberCounters } from '../recording/counters.js'

/** Each turn of its loop counts one of these: with nothing to do, it has a hundred turns a second. */
function progressOf({ taken, strangers, emptied }: Pick<MemberCounters, 'taken' | 'strangers' | 'emptied'>) {
  return taken[0] + taken[1] + strangers + emptied
}

/** Signs of life of those that are to serve: they started, were not told to go, and were not asked to stand still. */
export function pulsesOf(servers: Servers, service: GroupService | undefined): Pulse[] {
  const { lives, front, counters } = servers
  const longest = service?.times.reduce((most, time) => Math.max(most, time), 0) ?? 0
  const meanOf = (member: number): number => service?.meanNs[member] ?? service?.meanNs[0] ?? 0
  const members = lives.awake().flatMap((lifeNumber): Pulse[] => {
    const { member, generation, host } = lives.all[lifeNumber]!
    if (counters.state(lifeNumber) === MEMBER_STARTING) return []
    return [
      {
        who: lifeNumber,
        life: { member, generation },
        pid: host.pid,
        progress: progressOf(counters.read(lifeNumber)),
        longestServiceNs: longest * meanOf(member),
        state: () => servers.stateOf(lifeNumber),
      },
    ]
  })
  if (front === undefined || front.gone()) return members
  const block = counters.read(front.block)
  const ofFront: Pulse = {
    who: 'front',
    pid: front.host.pid,
    progress: progressOf(block),
    longestServiceNs: 0,
    state: () => front.state(),
  }
  return [...members, ofFront]
}
