import type { Recording } from '../recording/recording.js'
import type { Statuses } from '../result/target.js'

/** What a server of HTTP answered, over all client threads; undefined of any other. */
export function statusesOf({ plan, reports }: Pick<Recording, 'plan' | 'reports'>): Statuses | undefined {
  if (plan.protocol !== 'http') return undefined
  const counts = new Map<number, number>()
  for (const { codes = [] } of reports)
    for (const [status, count] of codes.entries())
      if (count > 0) counts.set(status, (counts.get(status) ?? 0) + count)
  return [...counts]
    .map(([status, count]) => ({ status, count }))
    .toSorted((a, b) => b.count - a.count || a.status - b.status)
}
