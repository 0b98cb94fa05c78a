import { median } from '../../src/stats/median.js'
import { runRpbench } from './processes.js'

const ROUNDS = 9
const SHAPES = {
  'closed loop': '--procs 4 --flows 1000 --duration 1s --warmup 200ms',
  'open loop': '--procs 4 --flows 1000 --duration 1s --warmup 200ms --rate 20k',
}
/** The shortest that there is, and the usual one within a second. */
const INTERVALS = ['100ms', '500ms']

/** CPU time of a round trip at the client's threads, and the round trips a second. */
async function once(flags: string): Promise<{ cpuNs: number; rate: number }> {
  const { throughput } = await runRpbench(flags)
  return { cpuNs: throughput.cpuPerRoundTripNs?.client ?? NaN, rate: throughput.roundTripsPerSecond }
}

/** What dividing a run costs: runs with and without in turn, each round in another order, each a fresh process. */
export async function measureIntervals(): Promise<void> {
  console.log(`with --interval / without, medians of ${ROUNDS} rounds in turn (to reach: CPU time ≤ 1.01)`)
  for (const [name, shape] of Object.entries(SHAPES)) {
    for (const interval of INTERVALS) {
      const cpu: number[] = []
      const rate: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const ways = [shape, `${shape} --interval ${interval}`]
        const figures = new Map<string, Awaited<ReturnType<typeof once>>>()
        for (const way of round % 2 === 0 ? ways : ways.toReversed()) figures.set(way, await once(way))
        const [without, divided] = ways.map((way) => figures.get(way)!)
        cpu.push(divided!.cpuNs / without!.cpuNs)
        rate.push(divided!.rate / without!.rate)
      }
      const all = cpu.map((ratio) => ratio.toFixed(2)).join(', ')
      console.log(
        `  ${name}, ${interval}: CPU time of a round trip at the client ${median(cpu).toFixed(3)} (${all}), round trips/s ${median(rate).toFixed(3)}`,
      )
    }
  }
}
