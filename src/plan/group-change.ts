import { usageError } from '../errors.js'
import type { StartStopOrder } from '../kernel/group-array.js'
import { parseDuration, type FlagBounds } from '../units/parse.js'

/** Which of old and new member comes first; the first is the usual one. */
export const ORDERS = ['stop-then-start', 'start-then-stop'] as const satisfies readonly StartStopOrder[]

/** How all members are replaced; the first is the usual one. */
export const MANNERS = ['rolling', 'fifo', 'reverse'] as const

/** A change as the user asks for it. `kill`, `stall` and `resume` are what befalls a member, not what a deployer does. */
export type GroupChange =
  | { kind: 'add' }
  | { kind: 'remove' | 'kill' | 'stall' | 'resume'; member: number }
  | { kind: 'restart'; member: number; order: StartStopOrder }
  | { kind: 'replace'; manner: 'fifo' | 'reverse' }
  | { kind: 'replace'; manner: 'rolling'; order: StartStopOrder }

/** A change at its time, ns since the measured phase began. */
export interface TimedChange {
  atNs: number
  change: GroupChange
}

const WITH_MEMBER = ['remove', 'kill', 'stall', 'resume'] as const

const HOW =
  'TIME:add, TIME:remove:N, TIME:restart:N[:start-then-stop], TIME:replace[:rolling|fifo|reverse], TIME:kill:N, TIME:stall:N or TIME:resume:N'

/**
 * Reads one change, such as `2s:add` or `6s:restart:1:start-then-stop`.
 * @param bounds of the time, ns
 * @throws RpbenchError (wrong usage) naming the flag
 */
export function parseChange(text: string, bounds: FlagBounds): TimedChange {
  const [time = '', kind = '', ...words] = text.split(':')
  const refuse = (): never => {
    throw usageError(`${bounds.flag} takes ${HOW}, not "${text}".`)
  }
  const member = (): number => (/^\d{1,3}$/.test(words[0] ?? '') ? Number(words.shift()) : refuse())
  const order = (): StartStopOrder => {
    const word = words.shift() ?? ORDERS[0]
    return ORDERS.find((o) => o === word) ?? refuse()
  }
  const read = (): GroupChange => {
    if (kind === 'add') return { kind }
    const plain = WITH_MEMBER.find((k) => k === kind)
    if (plain) return { kind: plain, member: member() }
    if (kind === 'restart') return { kind, member: member(), order: order() }
    if (kind !== 'replace') return refuse()
    const word = words.shift() ?? MANNERS[0]
    const manner = MANNERS.find((m) => m === word) ?? refuse()
    return manner === 'rolling' ? { kind, manner, order: order() } : { kind, manner }
  }
  const change = read()
  if (words.length > 0) refuse()
  return { atNs: parseDuration(time, bounds), change }
}

/** A change in the words of its flag. */
export function changeText(change: GroupChange): string {
  switch (change.kind) {
    case 'add':
      return 'add'
    case 'restart':
      return `restart ${change.member} (${change.order})`
    case 'replace':
      return `replace (${change.manner === 'rolling' ? `rolling, ${change.order}` : change.manner})`
    default:
      return `${change.kind} ${change.member}`
  }
}
