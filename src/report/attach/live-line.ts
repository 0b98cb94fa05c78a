import type { AttachInterval } from '../../result/attach-result.js'
import { formatCount, formatDuration } from '../../units/format.js'
import { plural } from '../../units/plural.js'

/** What was seen in an interval, in one line for a terminal. */
export function watchedLine({ toNs, members }: AttachInterval, columns: number): string {
  const sum = (of: (member: AttachInterval['members'][number]) => number | undefined): number =>
    members.reduce((total, member) => total + (of(member) ?? 0), 0)
  const drops = sum((member) => member.drops)
  const queued = sum((member) => member.queued)
  return [
    formatDuration(Math.round(toNs / 1e6) * 1e6),
    plural(members.length, 'socket', 'sockets'),
    members.some(({ packets }) => packets !== undefined) &&
      plural(
        sum((member) => member.packets),
        'packet',
        'packets',
      ),
    queued > 0 && `${formatCount(queued)} queued`,
    drops > 0 && `${formatCount(drops)} dropped`,
  ]
    .filter((part) => part !== false)
    .join('  ')
    .slice(0, columns)
}
