import { compileLimit, median, runRpbench } from './processes.js'

const ROUNDS = 5
const SECONDS = 3
const PROCS = 4

/**
 * rpbench against the yardstick in plain C (limit.c), in turn, closed loop with as many requests in flight as
 * flows. Prints every pair and the median ratio: single figures of a shared machine mean little.
 */
export async function compareWithYardstick(): Promise<void> {
  const limit = await compileLimit()
  console.log(
    `round trips/s, rpbench against limit (C, epoll): ${PROCS} processes, 1 client thread, ${ROUNDS} rounds in turn`,
  )
  for (const flows of [1000, 10_000]) {
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const ours = await runRpbench(
        `--procs ${PROCS} --workers 1 --flows ${flows} --in-flight ${flows}`,
        `--receive-buffer 4M --duration ${SECONDS}s`,
      )
      const theirs = await limit(PROCS, flows, SECONDS)
      const ratio = ours.throughput.roundTripsPerSecond / theirs.roundTripsPerSecond
      ratios.push(ratio)
      console.log(
        `  ${flows} flows  rpbench ${Math.round(ours.throughput.roundTripsPerSecond)}  limit ${theirs.roundTripsPerSecond}  ratio ${ratio.toFixed(3)}  unexplained ${ours.books.unexplained}`,
      )
    }
    console.log(`  ${flows} flows  median ratio ${median(ratios).toFixed(3)} (to reach: 0.95)`)
  }
}
