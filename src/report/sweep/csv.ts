import { stringify } from 'csv-stringify/sync'
import { LATENCY_FIGURES } from '../run/members-csv.js'
import type { SweepResult, SweepRun } from '../../result/sweep-result.js'

type Cell = string | number | undefined
type Column = [name: string, cell: (run: SweepRun) => Cell]

const BEFORE: readonly Column[] = [
  ['point', ({ point }) => point],
  ['repetition', ({ repetition }) => repetition],
  ['seed', ({ seed }) => seed],
]

const FIGURES: readonly Column[] = [
  ['started at', ({ startedAt }) => startedAt],
  ['duration ns', ({ durationNs }) => durationNs],
  ['verdict', ({ validity, error, stopped }) => ((error ?? stopped) ? 'failed' : validity?.verdict)],
  ['findings', ({ validity, error }) => error?.code ?? validity?.findings.join(' ')],
  ['round trips per second', ({ roundTripsPerSecond }) => roundTripsPerSecond],
  ['offered per second', ({ offeredPerSecond }) => offeredPerSecond],
  ['achieved per second', ({ achievedPerSecond }) => achievedPerSecond],
  ['client cpu ns per round trip', ({ cpuPerRoundTripNs }) => cpuPerRoundTripNs?.client],
  ['member cpu ns per round trip', ({ cpuPerRoundTripNs }) => cpuPerRoundTripNs?.members],
  ['loss share', ({ lossShare }) => lossShare],
  ['sent', ({ books }) => books?.sent],
  ['unsent', ({ books }) => books?.unsent],
  ['replied', ({ books }) => books?.replied],
  ['lost', ({ books }) => books?.lost],
  ['late', ({ books }) => books?.late],
  ['dropped at members', ({ books }) => books?.droppedAtMembers],
  ['dropped at client', ({ books }) => books?.droppedAtClient],
  ['unexplained', ({ books }) => books?.unexplained],
  ['max over mean of flows', ({ flowsMaxOverMean }) => flowsMaxOverMean],
  ['max over mean delivered', ({ deliveredMaxOverMean }) => deliveredMaxOverMean],
  ['moved', ({ moved }) => moved],
  ...(['service', 'response'] as const).flatMap((kind) =>
    LATENCY_FIGURES.map(([name, key]): Column => [
      `${kind} ${name} ns`,
      ({ latency }) => latency?.[kind]?.[key],
    ]),
  ),
]

const TRIAL: readonly Column[] = [
  ['purpose', ({ trial }) => trial?.purpose],
  ['load per second', ({ trial }) => trial?.loadHz],
  ['trial ns', ({ trial }) => trial?.trialNs],
  ['outcome', ({ trial }) => trial?.outcome],
  ['violated', ({ trial }) => trial?.violated?.join(' ')],
]

/** One row per run, in the order in which they were made; a column for each axis. What was not measured is empty. */
export function sweepCsv({ plan, runs }: SweepResult): string {
  const axes = plan.axes.map(({ flag }): Column => [flag, ({ flags }) => flags[flag]])
  const columns = [...BEFORE, ...axes, ...(plan.goal ? TRIAL : []), ...FIGURES]
  return stringify([
    columns.map(([name]) => name),
    ...runs.map((run) => columns.map(([, cell]) => cell(run))),
  ])
}
