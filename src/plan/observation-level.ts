/**
 * How much is seen of a group that is not ours. `look`: what any user may read of its sockets; `count`: flows and packets of each
 * member, by a filter on its socket; `explain`: how the kernel picks the member. Each has what those before it have.
 */
export const OBSERVATION_LEVELS = ['look', 'count', 'explain'] as const
export type ObservationLevel = (typeof OBSERVATION_LEVELS)[number]
