import type { RunResult } from '../result/run-result.js'
import type { TargetSocket } from '../result/target.js'
import { formatCount, formatPercent } from '../units/format.js'
import { grid, type GridColumn } from './grid.js'
import { readersInWords } from './reader-words.js'
import type { Style } from './style.js'

/** Of more, the line about the target says how many there are; each is in the JSON. */
const MOST_ROWS = 64

const number = (
  title: string,
  cell: (socket: TargetSocket) => string,
  goes?: number,
): GridColumn<TargetSocket> => ({ title, align: 'right', ...(goes !== undefined && { goes }), cell })

/** A row for each socket of a server that is not ours, where what came to them was counted; none otherwise. */
export function targetTable(
  { targetSockets = [], group }: Pick<RunResult, 'targetSockets' | 'group'>,
  style: Style,
): string[] {
  const counted = targetSockets.filter(({ flows }) => flows !== undefined)
  if (counted.length === 0 || targetSockets.length > MOST_ROWS) return []
  const all = counted.reduce((sum, { packets = 0 }) => sum + packets, 0)
  const columns: GridColumn<TargetSocket>[] = [
    number('socket', ({ inode }) => String(inode), 1),
    { title: 'held by', align: 'left', cell: ({ owner }) => style.plain(owner) },
    { title: 'read by', align: 'left', goes: 3, cell: (socket) => style.plain(readersInWords(socket)) },
    number('flows', ({ flows = 0 }) => formatCount(flows)),
    number(group.protocol === 'tcp' ? 'conns' : 'packets', ({ packets = 0 }) => formatCount(packets)),
    number('share', ({ packets = 0 }) => formatPercent(all === 0 ? 0 : packets / all), 2),
    ...(group.protocol === 'tcp'
      ? []
      : [number('drops', ({ drops = 0 }) => style.paint(formatCount(drops), drops > 0 ? 'bad' : undefined))]),
  ]
  return grid(targetSockets, columns, style.columns)
}
