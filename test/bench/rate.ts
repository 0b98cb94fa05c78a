import { runRpbench } from './processes.js'

const SHAPE = '--procs 2 --flows 1000 --duration 5s'

function microseconds(ns: number | undefined): string {
  return ((ns ?? NaN) / 1e3).toFixed(0)
}

/** How exactly an open loop keeps its rate, and how late its requests leave: at 1k, 20k and 80 % of capacity. */
export async function measureRates(): Promise<void> {
  const closed = await runRpbench(SHAPE)
  const capacity = closed.throughput.roundTripsPerSecond
  console.log(`open loop, 2 processes, 1000 flows, 5 s; closed-loop capacity ${Math.round(capacity)}/s`)
  for (const rate of [1000, 20_000, Math.round(capacity * 0.8)]) {
    const { throughput, schedule, validity } = await runRpbench(SHAPE, `--rate ${rate}`)
    const achieved = throughput.achievedPerSecond / rate
    console.log(
      `  ${rate}/s  achieved ${(achieved * 100).toFixed(2)} % (to reach: within 0.5 %)  lag p50 ${microseconds(schedule?.lag.p50Ns)} µs, p99 ${microseconds(schedule?.lag.p99Ns)} µs  run ${validity.verdict}`,
    )
  }
}
