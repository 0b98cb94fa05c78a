import type { Measured } from './experiment.js'

/** What must be the same whatever moves the datagrams. */
export function countsOf({ result: { books, members, affinity, balance, latency }, flows }: Measured) {
  return {
    books,
    affinity,
    balance,
    members: members.map(({ flows: own, taken, replies, sent }) => ({ own, taken, replies, sent })),
    measured: latency!.service.count,
    perFlow: flows.map(({ sent, replied, lost }) => [sent, replied, lost]),
  }
}
