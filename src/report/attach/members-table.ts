import type { AttachMember, AttachResult } from '../../result/attach-result.js'
import { endpoint } from '../../units/addresses.js'
import { formatBytes, formatCount, formatPercent } from '../../units/format.js'
import { grid, type GridColumn } from '../grid.js'
import { wrap } from '../line.js'
import { readersInWords, readingInWords } from '../reader-words.js'
import type { Style } from '../style.js'

/** Beyond so many, those are shown that are worth it most. */
const MOST_ROWS = 16

/** Who holds a socket: the process, or the first of several that no other of them started. */
export function holderInWords({ holders }: AttachMember): string {
  if (holders === undefined) return 'not known'
  const pids = new Set(holders.map(({ pid }) => pid))
  const first =
    holders.find(({ parentPid }) => parentPid === undefined || !pids.has(parentPid)) ?? holders[0]!
  const more = pids.size - 1
  return `${first.command} ${first.pid}${more > 0 ? ` +${more}` : ''}`
}

const lifeInWords = ({ joinedNs, leftNs }: AttachMember): string =>
  [joinedNs !== undefined && 'came', leftNs !== undefined && 'went']
    .filter((part) => part !== false)
    .join(', ')

export function queueInWords({ queue: { most, limit } }: AttachMember, udp: boolean): string {
  if (udp) return most === 0 ? '0' : formatBytes(most)
  return limit === undefined ? formatCount(most) : `${formatCount(most)} of ${formatCount(limit)}`
}

type Cell = (member: AttachMember) => string

const right = (title: string, cell: Cell, goes?: number): GridColumn<AttachMember> => ({
  title,
  align: 'right',
  ...(goes !== undefined && { goes }),
  cell,
})

const left = (title: string, cell: Cell, goes?: number): GridColumn<AttachMember> => ({
  ...right(title, cell, goes),
  align: 'left',
})

function columnsFor(result: AttachResult, style: Style): GridColumn<AttachMember>[] {
  const { members, groups, plan } = result
  const { port, protocol } = plan.effective
  const packets = members.reduce((sum, member) => sum + (member.packets ?? 0), 0)
  const counted = members.some((member) => member.packets !== undefined)
  return [
    right('member', ({ index }) => String(index)),
    left('socket', ({ group }) => style.plain(endpoint(groups[group]!.address, port)), 4),
    right('inode', ({ inode }) => String(inode), 1),
    left('held by', (member) => style.plain(holderInWords(member))),
    left('read by', (member) => style.plain(readersInWords(member)), 5),
    ...(members.some((member) => readingInWords(member) !== '-') ? [left('by', readingInWords, 4)] : []),
    ...(members.some(({ order }) => order !== undefined)
      ? [right('place', ({ order }) => (order === undefined ? '-' : String(order)), 2)]
      : []),
    ...(counted
      ? [
          right('flows', ({ flows = 0 }) => formatCount(flows)),
          right(protocol === 'udp' ? 'packets' : 'connects', (member) => formatCount(member.packets ?? 0), 3),
          right('share', (member) => formatPercent(packets === 0 ? 0 : (member.packets ?? 0) / packets), 2),
        ]
      : []),
    right(
      protocol === 'udp' ? 'most queued' : 'backlog',
      (member) => queueInWords(member, protocol === 'udp'),
      6,
    ),
    right('drops', ({ drops }) =>
      drops === undefined ? '-' : style.paint(formatCount(drops), drops > 0 ? 'bad' : undefined),
    ),
    ...(members.some((member) => lifeInWords(member) !== '') ? [left('', lifeInWords)] : []),
  ]
}

const worth = ({ drops = 0, queue, packets = 0 }: AttachMember): number[] => [drops, queue.most, packets]

/** Those that dropped, queued and got most, in their order. */
function worthMost(members: readonly AttachMember[]): AttachMember[] {
  return members
    .toSorted((a, b) => {
      const [ofA, ofB] = [worth(a), worth(b)]
      const i = ofA.findIndex((value, at) => value !== ofB[at])
      return i < 0 ? a.index - b.index : ofB[i]! - ofA[i]!
    })
    .slice(0, MOST_ROWS)
    .toSorted((a, b) => a.index - b.index)
}

/** A row for each member: its socket, who holds and reads it, what came, what waited and what was dropped. */
export function attachMembers(result: AttachResult, style: Style): string[] {
  const shown = result.members.length <= MOST_ROWS ? result.members : worthMost(result.members)
  const more = result.members.length - shown.length
  return [
    ...grid(shown, columnsFor(result, style), style.columns),
    ...(more === 0
      ? []
      : wrap([{ text: `and ${formatCount(more)} more (all in the JSON)` }], 1, 1, style).map(
          (line) => ` ${line.trimStart()}`,
        )),
  ]
}
