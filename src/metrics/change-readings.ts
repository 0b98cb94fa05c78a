import type { CHANGE_METRICS } from '../plan/metrics/changes.js'
import type { Measured } from './measured.js'
import { boundsOf, exactly, shareOf, worstOf, type Reader, type Readers, type Reading } from './reading.js'
import { timeReading } from './time-readings.js'

type Change = NonNullable<Measured['changes']>[number]

/** Of the flows seen before and after a change, those to which something happened; of the worst change. */
function worstShare(
  countOf: (change: Change) => number,
  read = (share: Reading, _change: Change): Reading => share,
): Reader {
  return ({ changes = [] }) =>
    worstOf(
      changes.flatMap((change) => {
        const share = shareOf(countOf(change), change.flows, 'flows', changes.length)
        return share === undefined ? [] : [read(share, change)]
      }),
    )
}

const flowsOf = (changes: readonly Change[]): number => changes.reduce((sum, { flows }) => sum + flows, 0)

export const CHANGE_READERS: Readers<keyof typeof CHANGE_METRICS> = {
  'changes.movedShare': worstShare(({ moved }) => moved),
  'changes.collateralShare': worstShare(({ collateral }) => collateral),
  'changes.excessShare': worstShare(
    ({ moved }) => moved,
    (share, { minimum: { movedShare } }) => {
      const beyond = (moved: number): number => Math.max(0, moved - movedShare)
      return {
        ...share,
        value: beyond(share.value),
        bounds: (limit) => {
          const { low, high } = boundsOf(share, limit)
          return { low: beyond(low), high: beyond(high) }
        },
      }
    },
  ),
  'changes.darkShare': ({ changes = [] }) =>
    worstOf(
      changes.flatMap(({ dark = 0, darkShare, flows }) => {
        if (darkShare === undefined) return []
        const seen = darkShare > 0 ? Math.round(dark / darkShare) : flows + dark
        return shareOf(dark, seen, 'flows', changes.length) ?? []
      }),
    ),
  'changes.lost': ({ changes = [] }) =>
    exactly(
      changes.reduce((sum, { lost }) => sum + lost, 0),
      flowsOf(changes),
      'flows',
    ),
  'changes.settled': ({ changes = [] }) =>
    exactly(Math.max(...changes.map(({ settledNs }) => settledNs)), flowsOf(changes), 'flows'),
  'changes.p99': ({ changes = [] }) =>
    changes
      .flatMap(({ latencyDuring }) => timeReading(latencyDuring, 'p99') ?? [])
      .toSorted((a, b) => b.value - a.value)[0],
  'changes.differing': ({ changes = [] }) => {
    const count = (wanted: Change['verdict']): number =>
      changes.filter(({ verdict }) => verdict === wanted).length
    const [differing, unseen] = [count('differs'), count('unseen')]
    const reading = exactly(differing, changes.length - unseen, 'changes')
    if (reading === undefined || unseen === 0) return reading
    return {
      ...reading,
      bounds: () => ({ low: differing, high: differing + unseen, doubt: 'not every change could be seen' }),
    }
  },
}
