import { median } from '../../src/stats/median.js'
import { timeAnalysis } from './analysis.js'
import { runRpbench } from './processes.js'

const MB = 1e6
const FLOWS = [10_000, 100_000, 1_000_000, 10_000_000]
const MEMBERS = 256

/** What a flow without a socket costs, from ten thousand to ten million, and what it takes to analyse so many. */
export async function measureFlows(): Promise<void> {
  console.log('flows that share sockets, 4 processes, each asked once')
  const each: number[] = []
  for (const flows of FLOWS) {
    const began = performance.now()
    const { books, startup, clientResidentBytes, throughput } = await runRpbench(
      `--procs 4 --flows ${flows} --requests 1 --engine pktinfo --warmup 100ms`,
    )
    const tookMs = performance.now() - began
    if (books.unexplained !== 0 || books.replied + books.lost + books.late !== flows)
      throw new Error(`of ${flows} flows: ${JSON.stringify(books)}`)
    const { client, members } = throughput.cpuPerRoundTripNs!
    each.push((client + members!) / 1e3)
    console.log(
      `  ${String(flows).padStart(8)} flows  ${throughput.roundTripsPerSecond.toFixed(0).padStart(7)}/s  CPU a flow ${each.at(-1)!.toFixed(2)} µs  whole command ${(tookMs / 1e3).toFixed(1)} s, of it to the first packet ${((startup?.firstMeasuredPacketNs ?? NaN) / 1e9).toFixed(1)} s  client ${((clientResidentBytes ?? NaN) / MB).toFixed(0)} MB  lost ${books.lost}`,
    )
  }
  console.log(
    `  CPU a flow, most over least: ${(Math.max(...each) / Math.min(...each)).toFixed(2)} (to reach: linear, so about 1)`,
  )
  const flows = FLOWS.at(-1)!
  const ms = median(Array.from({ length: 3 }, () => timeAnalysis(flows, MEMBERS)))
  console.log(
    `  χ², bands, residuals, affinity and packets of ${flows} flows and ${MEMBERS} members: ${ms.toFixed(0)} ms (to reach: ≤ 1000)`,
  )
}
