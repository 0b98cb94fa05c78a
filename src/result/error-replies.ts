import type { Answers, Statuses } from './target.js'

/** Replies of a server that is not ours, and how many of them say that it could not, or would not, answer. */
export interface ErrorReplies {
  replies: number
  errors: number
}

/** The status codes that say so (RFC 9110, section 15): 4xx that the request was at fault, 5xx that the server was. */
const ERRORS_FROM = { any: 400, server: 500 } as const

function counted<Row extends { count: number }>(
  rows: readonly Row[],
  isError: (row: Row) => boolean,
): ErrorReplies | undefined {
  const total = (some: readonly Row[]): number => some.reduce((sum, { count }) => sum + count, 0)
  const replies = total(rows)
  return replies > 0 ? { replies, errors: total(rows.filter(isError)) } : undefined
}

/** Answers of DNS that say neither what there is (NOERROR) nor that there is nothing (NXDOMAIN); undefined where there are none. */
export const errorAnswers = (answers: Answers | undefined): ErrorReplies | undefined =>
  counted(answers?.rcodes ?? [], ({ rcode }) => rcode !== 'NOERROR' && rcode !== 'NXDOMAIN')

/** Replies of HTTP with a status of an error, or of the server's alone; undefined where there are none. */
export const errorStatuses = (
  statuses: Statuses | undefined,
  whose: keyof typeof ERRORS_FROM = 'any',
): ErrorReplies | undefined => counted(statuses ?? [], ({ status }) => status >= ERRORS_FROM[whose])
