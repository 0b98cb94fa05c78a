/** What a client counts of its connections, in the order of native/src/stream.h. */
export const CONNECTION_COUNTS = [
  'opened',
  'established',
  'refused',
  'timedOut',
  'failed',
  'resetByServer',
  'closedByServer',
  'closed',
  'unwritten',
  'cut',
] as const

/**
 * Connections by what became of them: calls of connect(), and of those, how many came about, were refused, were given up by the
 * kernel, or failed otherwise. Of those that came about, how many the server reset or closed, and how many the client did.
 * `unwritten` and `cut` are requests: those whose connection did not come about, and those that were written to one that ended
 * before their reply.
 */
export type ConnectionCounts = Record<(typeof CONNECTION_COUNTS)[number], number>

/** What came to be counted between two readings, or in all of some. */
export function combineConnections(
  all: readonly ConnectionCounts[],
  add: (a: number, b: number) => number,
): ConnectionCounts {
  const [first, ...others] = all
  return Object.fromEntries(
    CONNECTION_COUNTS.map((name) => [
      name,
      others.reduce((total, counts) => add(total, counts[name]), first?.[name] ?? 0),
    ]),
  ) as ConnectionCounts
}
