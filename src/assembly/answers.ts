import type { Recording } from '../recording/recording.js'
import type { Answers } from '../result/target.js'

/** By number: RFC 1035 (4.1.1) and RFC 2136 (2.2). */
const RCODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
]
const MOST_RCODES = 16

/** What a server of DNS answered, over all client threads; undefined of any other. */
export function answersOf({
  reports,
  questions,
}: Pick<Recording, 'reports' | 'questions'>): Answers | undefined {
  if (questions === undefined) return undefined
  const counts = Array.from({ length: 2 * MOST_RCODES }, (_, code) =>
    reports.reduce((sum, { codes }) => sum + (codes?.[code] ?? 0), 0),
  )
  const rcodes = Array.from({ length: MOST_RCODES }, (_, rcode) => ({
    rcode: RCODES[rcode] ?? `RCODE${rcode}`,
    count: counts[rcode]! + counts[rcode + MOST_RCODES]!,
  }))
  return {
    rcodes: rcodes.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count),
    truncated: counts.slice(MOST_RCODES).reduce((sum, count) => sum + count, 0),
    questions,
  }
}
