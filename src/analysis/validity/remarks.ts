import { DISPATCH } from '../../plan/dispatch.js'
import { familiesTaken } from '../../plan/transport.js'
import type { Finding } from '../../result/run-result.js'
import { FAMILY_NAMES, type Family } from '../../units/addresses.js'
import { formatCount } from '../../units/format.js'
import { plural } from '../../units/plural.js'
import type { Observations } from './observations.js'
import { lowerTheLoad } from './relief.js'

/** Which queues overflowed. */
function overflowed({ receiveBuffer: { got }, load, front, droppedAtMembers }: Observations): string {
  if (front) {
    const inHandingOn = droppedAtMembers - front.drops
    const where = [
      ...(front.drops > 0 ? [`at the front's socket (${got} bytes) ${formatCount(front.drops)}`] : []),
      ...(inHandingOn > 0 ? [`in handing on to members ${formatCount(inHandingOn)}`] : []),
    ]
    return `Queues overflowed, ${where.join(', ')}`
  }
  return DISPATCH[load.dispatch ?? 'reuseport'].ownQueues
    ? `Members' receive buffers (${got} bytes) overflowed`
    : `The receive buffer that members share (${got} bytes) overflowed`
}

const namesOf = (families: readonly Family[]): string =>
  families.map((family) => FAMILY_NAMES[family]).join(' and ')

type Remark = (e: Observations) => Finding | undefined

/** What a reader should know of a run, without a limit that it could have passed. */
export const REMARKS: readonly Remark[] = [
  ({ interrupted }) =>
    interrupted
      ? {
          code: 'interrupted',
          severity: 'suspect',
          message: 'The run was interrupted: figures cover what was measured until then.',
        }
      : undefined,
  (observed) => {
    const { droppedAtMembers, receiveBuffer } = observed
    return droppedAtMembers > 0
      ? {
          code: 'member-drops',
          severity: 'note',
          message: `${overflowed(observed)}: ${plural(droppedAtMembers, 'datagram', 'datagrams')} dropped.`,
          measured: droppedAtMembers,
          nextStep: `Raise --receive-buffer${receiveBuffer.most === undefined ? '' : ` (this host allows ${receiveBuffer.most})`}, or ${lowerTheLoad(observed)}.`,
        }
      : undefined
  },
  ({ receiveBuffer: { asked, got, most } }) =>
    // The kernel doubles what is asked for, for its own book-keeping (socket(7)).
    asked !== undefined && got < 2 * asked
      ? {
          code: 'receive-buffer-clamped',
          severity: 'note',
          message: `The kernel gave each socket of the group a receive buffer of ${got} bytes, not ${2 * asked}.`,
          measured: got,
          limit: 2 * asked,
          nextStep: `Raise net.core.rmem_max${most === undefined ? '' : ` (now ${most})`}.`,
        }
      : undefined,
  ({ unansweredFlows }) =>
    unansweredFlows > 0
      ? {
          code: 'flows-unanswered',
          severity: 'note',
          message: `${plural(unansweredFlows, 'flow', 'flows')} never got a reply; where they belong is not known, and the balance leaves them out.`,
          measured: unansweredFlows,
          nextStep: 'Run longer, or lower the load.',
        }
      : undefined,
  ({ waves, waveSize }) =>
    waves > 1
      ? {
          code: 'waves',
          severity: 'note',
          message: `The flows ran in ${formatCount(waves)} waves of at most ${formatCount(waveSize)} open sockets.`,
          nextStep: 'To have them all open at once, raise the open-file limit (ulimit -n).',
        }
      : undefined,
  ({ portsReplaced }) =>
    portsReplaced > 0
      ? {
          code: 'ports-replaced',
          severity: 'note',
          message: `${plural(portsReplaced, 'source port', 'source ports')} of the plan ${portsReplaced === 1 ? 'was' : 'were'} in use and replaced: another run with this seed may differ there.`,
          measured: portsReplaced,
        }
      : undefined,
  ({ engineFallback }) =>
    engineFallback === undefined
      ? undefined
      : {
          code: 'engine-fallback',
          severity: 'note',
          message: `The client used epoll, since it cannot have io_uring: ${engineFallback}. It takes more CPU time a round trip.`,
          nextStep: 'Compare this run with others over epoll only: --engine epoll makes that explicit.',
        },
  ({ exposed }) =>
    exposed === undefined
      ? undefined
      : {
          code: 'exposed',
          severity: 'note',
          message: `The group listens on ${exposed.wildcard ? `every ${namesOf(familiesTaken({ host: exposed.address }))} address of this host` : exposed.address}: whoever can send there can use its CPU time; members answer only datagrams of this run.`,
        },
]
