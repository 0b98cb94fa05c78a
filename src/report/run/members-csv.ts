import { stringify } from 'csv-stringify/sync'
import type { MemberLoad } from '../../result/imbalance.js'
import type { LatencySummary, MemberResult, RunResult } from '../../result/run-result.js'

type Cell = string | number | undefined

/** The figures of a latency summary that a CSV has, in the order of its columns. */
export const LATENCY_FIGURES: readonly [name: string, key: Exclude<keyof LatencySummary, 'confidence'>][] = [
  ['min', 'minNs'],
  ['mean', 'meanNs'],
  ['p50', 'p50Ns'],
  ['p90', 'p90Ns'],
  ['p99', 'p99Ns'],
  ['p99.9', 'p999Ns'],
  ['max', 'maxNs'],
]

const MEMBER_COLUMNS: readonly [name: string, cell: (member: MemberResult) => Cell][] = [
  ['member', ({ index }) => index],
  ['pid', ({ pid }) => pid],
  ['flows', ({ flows }) => flows],
  ['sent', ({ sent }) => sent],
  ['taken', ({ taken }) => taken],
  ['echoed', ({ echoed }) => echoed],
  ['echo errors', ({ echoErrors }) => echoErrors],
  ['replies', ({ replies }) => replies],
  ['late', ({ late }) => late],
  ['drops', ({ drops }) => drops],
  ['strangers', ({ strangers }) => strangers],
  ['connections', ({ connections }) => connections?.accepted],
  ['accept queue most', ({ connections }) => connections?.acceptQueueMost],
  ['accept queue limit', ({ connections }) => connections?.acceptQueueLimit],
  ['accept queue overflows', ({ connections }) => connections?.overflows],
  ['left in accept queue', ({ connections }) => connections?.leftInQueue],
  ['unexplained', ({ unexplained }) => unexplained],
  ['residual', ({ residual }) => residual],
  ['residual p', ({ residualPValue }) => residualPValue],
  ...(['service', 'response', 'connect'] as const).flatMap((kind) =>
    LATENCY_FIGURES.map(([name, key]): [string, (member: MemberResult) => Cell] => [
      `${kind} ${name} ns`,
      ({ latency }) => latency?.[kind]?.[key],
    ]),
  ),
  ['receive buffer bytes', ({ receiveBufferBytes }) => receiveBufferBytes],
  ['resident bytes', ({ residentBytes }) => residentBytes],
  ['died', ({ died }) => died],
]

/** What the imbalance says of a member. */
const LOAD_COLUMNS: readonly [name: string, cell: (load: MemberLoad) => Cell][] = [
  ['flow share', ({ flowShare }) => flowShare],
  ['offered share', ({ offeredShare }) => offeredShare],
  ['delivered share', ({ deliveredShare }) => deliveredShare],
  ['answered share', ({ answeredShare }) => answeredShare],
  ['late share', ({ lateShare }) => lateShare],
  ['lost share', ({ lostShare }) => lostShare],
  ['delivery ratio', ({ deliveryRatio }) => deliveryRatio],
  ['cpu ns', ({ cpuNs }) => cpuNs],
  ['run delay ns', ({ runDelayNs }) => runDelayNs],
  ['work per request ns', ({ workPerRequestNs }) => workPerRequestNs],
  ['wait per request ns', ({ waitPerRequestNs }) => waitPerRequestNs],
]

/** One row per member, in member order; what was not measured is empty. Latencies are in nanoseconds. */
export function membersCsv({ members, imbalance }: RunResult): string {
  return stringify([
    [...MEMBER_COLUMNS, ...LOAD_COLUMNS].map(([name]) => name),
    ...members.map((member) => {
      const load = imbalance?.members[member.index]
      return [
        ...MEMBER_COLUMNS.map(([, cell]) => cell(member)),
        ...LOAD_COLUMNS.map(([, cell]) => load && cell(load)),
      ]
    }),
  ])
}
