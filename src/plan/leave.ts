/** How a member leaves a group that goes on: it closes its socket, or first takes it out of the group and empties it. */
export const LEAVES = ['close', 'drain'] as const
export type Leave = (typeof LEAVES)[number]
