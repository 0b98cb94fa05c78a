import { plural } from '../../units/plural.js'
import type { LoadSettings } from './evidence.js'

/** What serves: the members, and the front where there is one. */
export function serversOf({ members, dispatch }: LoadSettings): number {
  return dispatch === 'fan-out' ? members + 1 : members
}

/** All that wants a CPU in a run, by name: `1 client thread and 4 members`. */
export function contendersOf({ workers, members, dispatch }: LoadSettings): string {
  const clients = plural(workers, 'client thread', 'client threads')
  const servers = plural(members, 'member', 'members')
  return dispatch === 'fan-out' ? `${clients}, ${servers} and their front` : `${clients} and ${servers}`
}
