import { formatPercent } from '../../units/format.js'
import type { MemberResult, RunResult } from '../../result/run-result.js'
import type { Markup } from '../svg/markup.js'
import { countCell, durationCell, timeOf } from './cells.js'
import { toned } from './parts.js'
import { table } from './table.js'

/** As in the text: below this the count of a member is not chance. */
const ODD_MEMBER_P = 0.01

/** All that is known of each member. */
export function membersTable({ members, imbalance, silences = [] }: RunResult): Markup | false {
  const flows = members.reduce((sum, member) => sum + member.flows, 0)
  const some = (pick: (member: MemberResult) => number | undefined) => (member: MemberResult) =>
    members.some((one) => (pick(one) ?? 0) !== 0) ? countCell(pick(member)) : undefined
  const silent = new Set(silences.map(({ member }) => member))
  return table<MemberResult>(
    'Each member',
    [
      { title: 'member', cell: ({ index }) => String(index) },
      { title: 'pid', cell: ({ pid }) => String(pid) },
      { title: 'flows', cell: (member) => countCell(member.flows) },
      { title: 'share', cell: (member) => (flows > 0 ? formatPercent(member.flows / flows, 2) : '') },
      { title: 'residual', cell: ({ residual }) => residual?.toFixed(2) },
      { title: 'taken', cell: ({ taken }) => countCell(taken) },
      { title: 'replies', cell: ({ replies }) => countCell(replies) },
      { title: 'late', cell: some(({ late }) => late) },
      { title: 'drops', cell: ({ drops }) => countCell(drops) },
      {
        title: 'answered',
        cell: ({ index }) => {
          const share = imbalance?.overloaded === true ? imbalance.members[index]?.answeredShare : undefined
          return share === undefined ? undefined : formatPercent(share)
        },
      },
      { title: 'p50', cell: (member) => durationCell(timeOf(member)?.p50Ns) },
      { title: 'p90', cell: (member) => durationCell(timeOf(member)?.p90Ns) },
      { title: 'p99', cell: (member) => durationCell(timeOf(member)?.p99Ns) },
      { title: 'p99.9', cell: (member) => durationCell(timeOf(member)?.p999Ns) },
      { title: 'max', cell: (member) => durationCell(timeOf(member)?.maxNs) },
      {
        title: '',
        words: true,
        cell: (member) => {
          if (member.died !== undefined) return toned('died', 'bad')
          if (silent.has(member.index)) return toned('stood still', 'warn')
          if (member.residual === undefined || (member.residualPValue ?? 1) >= ODD_MEMBER_P) return undefined
          return toned(member.residual > 0 ? 'hot' : 'starved', 'warn')
        },
      },
    ],
    members,
  )
}
