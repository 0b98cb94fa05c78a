import type { LoadSettings } from '../analysis/validity/observations.js'
import { DISPATCH } from '../plan/dispatch.js'
import { plural } from '../units/plural.js'

/** All that wants a CPU in a run, by name: `1 client thread and 4 members`. */
export function whoWantsACpu({
  workers,
  members,
  membersUnknown,
  dispatch = 'reuseport',
}: LoadSettings): string {
  const clients = plural(workers, 'client thread', 'client threads')
  if (membersUnknown) return members === 0 ? clients : `${clients} and the target`
  const servers = plural(members, 'member', 'members')
  return DISPATCH[dispatch].front ? `${clients}, ${servers} and their front` : `${clients} and ${servers}`
}
