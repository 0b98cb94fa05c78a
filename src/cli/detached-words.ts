import type { DetachedGroup } from '../experiment/attach/detach.js'
import { plural } from '../units/plural.js'

const NAMES = { udp: 'UDP', tcp: 'TCP' } as const

/** What was taken off the groups of a port, in a sentence for each where there was something. */
export function detachedWords(groups: readonly DetachedGroup[]): string {
  const some = groups.filter(({ sockets }) => sockets > 0)
  if (some.length === 0) {
    const of = groups.map(({ protocol }) => NAMES[protocol]).join(' or ')
    return `No filter that a killed rpbench left is on port ${groups[0]?.port} of ${of}.\n`
  }
  return some
    .map(({ protocol, port, sockets, connections }) => {
      const inherited =
        connections > 0 ? ` and ${plural(connections, 'connection', 'connections')} they accepted` : ''
      return `Took the filter that a killed rpbench left off ${plural(sockets, 'socket', 'sockets')} on port ${port} of ${NAMES[protocol]}${inherited}.\n`
    })
    .join('')
}
