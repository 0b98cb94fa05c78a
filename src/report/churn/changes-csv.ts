import { stringify } from 'csv-stringify/sync'
import type { ChangeResult, ChurnResult } from '../../result/churn-result.js'
import { lifeNames } from '../life-name.js'

const COLUMNS: readonly [name: string, cell: (change: ChangeResult) => string | number | undefined][] = [
  ['change', ({ change }) => change],
  ['asked ns', ({ askedNs }) => askedNs],
  ['at ns', ({ atNs }) => atNs],
  ['done ns', ({ doneNs }) => doneNs],
  ['members before', ({ membersBefore }) => membersBefore.length],
  ['members after', ({ membersAfter }) => membersAfter.length],
  ['lives before', ({ membersBefore }) => lifeNames(membersBefore)],
  ['lives after', ({ membersAfter }) => lifeNames(membersAfter)],
  ['flows', ({ flows }) => flows],
  ['stayed', ({ stayed }) => stayed],
  ['moved', ({ moved }) => moved],
  ['orphans', ({ orphans }) => orphans],
  ['collateral', ({ collateral }) => collateral],
  ['strayed', ({ strayed }) => strayed],
  ['dark', ({ dark }) => dark],
  ['returned', ({ returned }) => returned],
  ['moved share', ({ movedShare }) => movedShare],
  ['moved share of the model', ({ predicted }) => predicted.movedShare],
  ['least moved share', ({ minimum }) => minimum.movedShare],
  ['orphan share of the model', ({ predicted }) => predicted.orphanShare],
  ['collateral share of the model', ({ predicted }) => predicted.collateralShare],
  ['dark share', ({ darkShare }) => darkShare],
  ['dark share of the model', ({ predicted }) => predicted.darkShare],
  ['p', ({ test }) => test.pValue],
  ['verdict', ({ verdict }) => verdict],
  ['lost', ({ lost }) => lost],
  ['lost: dropped at members', ({ lostTo }) => lostTo?.droppedAtMembers],
  ['lost: no socket', ({ lostTo }) => lostTo?.noSocket],
  ['lost: closed with a socket', ({ lostTo }) => lostTo?.closedWithSocket],
  ['lost: left in queues', ({ lostTo }) => lostTo?.leftAtMembers],
  ['lost: otherwise', ({ lostTo }) => lostTo?.otherwise],
  ['late', ({ late }) => late],
  ['settled ns', ({ settledNs }) => settledNs],
  ['response p99 before ns', ({ latencyBefore }) => latencyBefore?.p99Ns],
  ['response p99 during ns', ({ latencyDuring }) => latencyDuring?.p99Ns],
]

/** One row per change, in the order of time; what was not measured is empty. */
export function changesCsv({ changes }: ChurnResult): string {
  return stringify([
    COLUMNS.map(([name]) => name),
    ...changes.map((change) => COLUMNS.map(([, cell]) => cell(change))),
  ])
}
