import type { EverCounted } from '../../group/counters.js'
import type { OwnGroup } from '../../group/own-group.js'
import type { ServedMember } from '../../result/serve-result.js'

/** What each member has served so far. @param look whether to look at the sockets from outside for what they dropped */
export function totalsOf(group: OwnGroup, look: boolean): ServedMember[] {
  const { lives, deaths } = group
  return group.ever(look).map((counted, index) => ({
    index: lives[index]!.member,
    pid: lives[index]!.host.pid,
    ...counted,
    ...(deaths.has(index) && { died: deaths.get(index)! }),
  }))
}

/** All members together. */
export function sumOf(members: readonly EverCounted[]): EverCounted {
  const total = (key: keyof EverCounted): number => members.reduce((sum, member) => sum + member[key], 0)
  return {
    taken: total('taken'),
    echoed: total('echoed'),
    echoErrors: total('echoErrors'),
    left: total('left'),
    strangers: total('strangers'),
    drops: total('drops'),
  }
}
