import { DISPATCH } from '../../plan/dispatch.js'
import { plural } from '../../units/plural.js'
import type { LoadSettings } from './observations.js'

/** What serves: the members, and the front where there is one. */
export function serversOf({ members, dispatch = 'reuseport' }: LoadSettings): number {
  return DISPATCH[dispatch].front ? members + 1 : members
}

/** All that wants a CPU in a run, by name: `1 client thread and 4 members`. */
export function contendersOf({ workers, members, dispatch = 'reuseport' }: LoadSettings): string {
  const clients = plural(workers, 'client thread', 'client threads')
  const servers = plural(members, 'member', 'members')
  return DISPATCH[dispatch].front ? `${clients}, ${servers} and their front` : `${clients} and ${servers}`
}
