import { stringify } from 'csv-stringify/sync'
import { lifeKey } from '../../kernel/group-array.js'
import type { IntervalMember, IntervalResult } from '../../result/run-result.js'
import { lifeName } from '../life-name.js'
import { LATENCY_FIGURES } from '../run/members-csv.js'
import { marksInWords } from './words.js'

type Cell = string | number | undefined

/** A result that may have intervals, and which of several it is. */
export interface Divided {
  intervals?: readonly IntervalResult[] | undefined
  repetition?: number
}

const FIGURES: readonly [name: string, cell: (interval: IntervalResult) => Cell][] = [
  ['from ns', ({ fromNs }) => fromNs],
  ['to ns', ({ toNs }) => toNs],
  ['phase', ({ phase }) => phase],
  ['sent', ({ sent }) => sent],
  ['replied', ({ replied }) => replied],
  ['late', ({ late }) => late],
  ['given up', ({ givenUp }) => givenUp],
  ['achieved per second', ({ achievedPerSecond }) => achievedPerSecond],
  ['round trips per second', ({ roundTripsPerSecond }) => roundTripsPerSecond],
  ['drops', ({ drops }) => drops],
  ['max over mean of taken', ({ maxOverMean }) => maxOverMean],
  ...(['service', 'response'] as const).flatMap((kind) =>
    LATENCY_FIGURES.map(([name, key]): [string, (interval: IntervalResult) => Cell] => [
      `${kind} ${name} ns`,
      ({ latency }) => latency?.[kind]?.[key],
    ]),
  ),
  ['marks', marksInWords],
]

/**
 * One row an interval, in the order of time, with what each member took and dropped in columns of its own, by life; what was
 * not measured is empty. Times are in nanoseconds.
 */
export function intervalsCsv(results: readonly Divided[]): string {
  const lives = new Map<string, IntervalMember>()
  for (const { intervals = [] } of results)
    for (const { members } of intervals) for (const member of members) lives.set(lifeKey(member), member)
  const ordered = [...lives.values()].toSorted((a, b) => a.member - b.member || a.generation - b.generation)
  const cellsOf = ({ members }: IntervalResult): Cell[] => {
    const own = new Map(members.map((member) => [lifeKey(member), member]))
    return ordered.flatMap((life) => {
      const { taken, drops } = own.get(lifeKey(life)) ?? {}
      return [taken, drops]
    })
  }
  const repeated = results.some(({ repetition }) => repetition !== undefined)
  return stringify([
    [
      ...(repeated ? ['repetition'] : []),
      ...FIGURES.map(([name]) => name),
      ...ordered.flatMap((life) => [`taken ${lifeName(life)}`, `drops ${lifeName(life)}`]),
    ],
    ...results.flatMap(({ intervals = [], repetition }) =>
      intervals.map((interval) => [
        ...(repeated ? [repetition] : []),
        ...FIGURES.map(([, cell]) => cell(interval)),
        ...cellsOf(interval),
      ]),
    ),
  ])
}
