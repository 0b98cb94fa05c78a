import { DISPATCHES, type DispatchKind } from '../../src/plan/dispatch.js'
import type { RunResult } from '../../src/result/run-result.js'
import { median } from '../../src/stats/median.js'
import { runRpbench } from './processes.js'

const ROUNDS = 5
const SECONDS = 3
const PROCS = 4
const FLOWS = 1000

interface Figures {
  roundTripsPerSecond: number
  /** CPU time of members, and of the front where there is one, per round trip */
  serverCpuUs: number
}

function figuresOf({ throughput }: RunResult): Figures {
  return {
    roundTripsPerSecond: throughput.roundTripsPerSecond,
    serverCpuUs: (throughput.cpuPerRoundTripNs?.members ?? NaN) / 1e3,
  }
}

async function measure(dispatch: DispatchKind): Promise<Figures> {
  const result = await runRpbench(
    `--dispatch ${dispatch} --workers 1 --flows ${FLOWS} --in-flight ${FLOWS} --receive-buffer 4M`,
    `--duration ${SECONDS}s ${dispatch === 'single' ? '' : `--procs ${PROCS}`}`.trim(),
  )
  if ((result.books.unexplained ?? 0) > 0)
    console.log(`  ${dispatch}: ${result.books.unexplained} unexplained`)
  return figuresOf(result)
}

/**
 * The ways of dispatch side by side, in turn, closed loop with as many requests in flight as flows: what each of them
 * reaches, and what a round trip costs its servers, as ratios to reuseport of the same round.
 */
export async function compareDispatches(): Promise<void> {
  console.log(
    `dispatch, as ratios to reuseport: ${PROCS} processes (single: 1), ${FLOWS} flows, medians of ${ROUNDS} rounds in turn`,
  )
  const rounds: Record<DispatchKind, Figures>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const figures: Partial<Record<DispatchKind, Figures>> = {}
    for (const dispatch of DISPATCHES) figures[dispatch] = await measure(dispatch)
    rounds.push(figures as Record<DispatchKind, Figures>)
  }
  for (const dispatch of DISPATCHES) {
    const of = (key: keyof Figures): number => median(rounds.map((round) => round[dispatch][key]))
    const ratio = (key: keyof Figures): string => {
      const ratios = rounds.map((round) => round[dispatch][key] / round.reuseport[key])
      return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)})`
    }
    console.log(
      `  ${dispatch.padEnd(9)}  ${Math.round(of('roundTripsPerSecond'))} round trips/s, ratio ${ratio('roundTripsPerSecond')}` +
        `  ${of('serverCpuUs').toFixed(2)} µs of server CPU a round trip, ratio ${ratio('serverCpuUs')}`,
    )
  }
}
