import { lostToFaults } from '../books/losses.js'
import type { CheckRow } from './check-row.js'
import type { Observations } from './observations.js'

/** A group that is asked for ten times what it can do drops as much, and the figures of the rest say little of it. */
const MOSTLY_LOST = 0.9
/** Where neither an overload nor a change accounts for that, the figures are of a fault when it takes more than the rest. */
const LOST_TO_FAULTS = 0.5

function mostUnanswered({ experiment, losses }: Observations): number {
  if (losses.answered > 0 && lostToFaults(losses) > LOST_TO_FAULTS * losses.sent) return LOST_TO_FAULTS
  // What changes of the group cost is the result of them, unless it is all.
  return experiment === 'churn' && losses.answered > 0 ? 1 : MOSTLY_LOST
}

/** A member that stood still for a hundredth of the time is in the 99th percentile of its flows. */
const STOOD_STILL = 0.01

/** A server that refuses costs less than one that answers: figures of more than some such answers are of the refusing. */
const MOSTLY_ERRORS = 0.1

/** What only members that tell it can be asked. */
const OF_OURS = { members: 'known' } as const

/** Did what was counted at different places agree, and did the group stay what it was? */
export const COUNT_CHECKS: readonly CheckRow[] = [
  {
    code: 'member-died',
    appliesTo: OF_OURS,
    severity: 'invalid',
    measure: ({ deaths }) => ({ measured: deaths.length, limit: 0 }),
  },
  {
    code: 'front-died',
    severity: 'invalid',
    measure: ({ front }) => front && { measured: front.died === undefined ? 0 : 1, limit: 0 },
  },
  {
    code: 'member-silent',
    appliesTo: OF_OURS,
    severity: 'invalid',
    measure: ({ standstill: { silent } }) => ({ measured: silent.length, limit: 0 }),
  },
  {
    code: 'member-stood-still',
    appliesTo: OF_OURS,
    severity: ({ measuredNs }, { measured }) => (measured > STOOD_STILL * measuredNs ? 'suspect' : 'note'),
    measure: ({ standstill: { stoodStill } }) => ({
      measured: Math.max(0, ...stoodStill.map(({ forNs }) => forNs)),
      limit: 0,
    }),
  },
  {
    code: 'stranger-joined',
    appliesTo: OF_OURS,
    severity: 'invalid',
    measure: ({ strangers }) => ({ measured: strangers.length, limit: 0 }),
  },
  {
    code: 'unanswered-share',
    severity: ({ losses }, { limit }) =>
      losses.answered === 0 || limit === LOST_TO_FAULTS ? 'invalid' : 'suspect',
    measure: (observed) => {
      const { sent, lost } = observed.losses
      return sent === 0 ? undefined : { measured: lost / sent, limit: mostUnanswered(observed) }
    },
  },
  {
    code: 'echo-errors',
    appliesTo: OF_OURS,
    severity: 'suspect',
    measure: ({ losses }) => ({ measured: losses.to.echo, limit: 0 }),
  },
  {
    code: 'books-do-not-balance',
    severity: 'suspect',
    measure: ({ unexplained }) =>
      unexplained === undefined ? undefined : { measured: unexplained, limit: 0 },
  },
  {
    code: 'replayed',
    severity: 'suspect',
    measure: ({ replayed }) => (replayed === undefined ? undefined : { measured: replayed, limit: 0 }),
  },
  {
    code: 'wrong-replies',
    appliesTo: { members: 'unknown' },
    severity: 'suspect',
    measure: ({ wrongReplies = 0 }) => ({ measured: wrongReplies, limit: 0 }),
  },
  {
    code: 'error-answers',
    appliesTo: { members: 'unknown' },
    severity: 'suspect',
    measure: ({ answers }) => answers && { measured: answers.errors / answers.replies, limit: MOSTLY_ERRORS },
  },
  {
    code: 'port-unreachable',
    // A change may leave nobody at the port for a while: then it is what was measured.
    appliesTo: { experiments: ['run'] },
    severity: 'suspect',
    measure: ({ refused, commandsFailed }) =>
      // As may a command of the user's.
      commandsFailed ? undefined : { measured: refused, limit: 0 },
  },
  {
    code: 'receive-errors',
    severity: 'suspect',
    measure: ({ receiveErrors }) =>
      receiveErrors === undefined ? undefined : { measured: receiveErrors, limit: 0 },
  },
  {
    code: 'proc-net-udp-drops',
    severity: 'suspect',
    measure: ({ crossCheck: c }) =>
      c?.procNetUdpDrops === undefined || c.meminfoDrops === undefined
        ? undefined
        : { measured: Math.abs(c.procNetUdpDrops - c.meminfoDrops), limit: 0 },
  },
  {
    code: 'snmp',
    severity: 'suspect',
    // Other traffic of this namespace is in these counters too: only less than ours is a contradiction.
    measure: ({ crossCheck: c }) => {
      const tcp = c?.tcp
      const pairs = tcp
        ? [
            [tcp.ourActiveOpens, tcp.activeOpens],
            [tcp.ourPassiveOpens ?? 0, tcp.passiveOpens],
            [tcp.ourEstabResets, tcp.estabResets],
          ]
        : [
            [c?.ourInDatagrams, c?.snmpInDatagrams],
            [c?.ourDrops, c?.snmpReceiveBufferErrors],
            ...(c?.server
              ? [
                  [c.server.ourInDatagrams, c.server.snmpInDatagrams],
                  [c.server.ourDrops, c.server.snmpReceiveBufferErrors],
                ]
              : []),
          ]
      if (pairs.some(([ours, kernels]) => ours === undefined || kernels === undefined)) return undefined
      return {
        measured: pairs.reduce((sum, [ours, kernels]) => sum + Math.max(0, ours! - kernels!), 0),
        limit: 0,
      }
    },
  },
]
