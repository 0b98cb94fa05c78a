import type { RunResult } from '../../src/result/run-result.js'
import { runRpbench } from './processes.js'

const SERVICE_US = 500
const SECONDS = 20
const UTILISATIONS = [0.3, 0.5, 0.7]

/**
 * Mean time in the queue by the Pollaczek–Khinchine formula, W = ρ·E[S]·(1 + c²) / (2·(1 − ρ)), which is M/D/1 for
 * c² = 0 and M/M/1 for c² = 1 (L. Kleinrock, Queueing Systems I, 1975, section 5.6).
 */
function meanWaitNs(rateHz: number, serviceNs: number, squaredVariation: number): number {
  const utilisation = (rateHz * serviceNs) / 1e9
  return (utilisation * serviceNs * (1 + squaredVariation)) / (2 * (1 - utilisation))
}

function measured({ legs, throughput }: RunResult): { waitNs: number; serviceNs: number; rateHz: number } {
  if (!legs?.queue) throw new Error('the kernel gave no receive time stamps')
  return { waitNs: legs.queue.meanNs, serviceNs: legs.server.meanNs, rateHz: throughput.achievedPerSecond }
}

/**
 * The measured wait of one member under Poisson arrivals against queueing theory: what shows that arrivals, service
 * and the time stamps are what they claim to be. The model gets the service time that was measured.
 */
export async function compareWithQueueingTheory(): Promise<void> {
  console.log(
    `mean wait in the queue of one member, Poisson arrivals, service ${SERVICE_US} µs, ${SECONDS} s each`,
  )
  for (const [distribution, squaredVariation, name] of [
    ['constant', 0, 'M/D/1'],
    ['exponential', 1, 'M/M/1'],
  ] as const) {
    for (const utilisation of UTILISATIONS) {
      const rate = Math.round((utilisation * 1e6) / SERVICE_US)
      const result = await runRpbench(
        `--procs 1 --flows 200 --rate ${rate} --arrivals poisson`,
        `--service-time ${SERVICE_US}us --service-distribution ${distribution} --service-kind cpu`,
        `--receive-buffer 4M --timeout 10s --duration ${SECONDS}s`,
      )
      const { waitNs, serviceNs, rateHz } = measured(result)
      const model = meanWaitNs(rateHz, serviceNs, squaredVariation)
      console.log(
        `  ${name}  ρ ${((rateHz * serviceNs) / 1e9).toFixed(3)}  measured ${(waitNs / 1e3).toFixed(0)} µs  model ${(model / 1e3).toFixed(0)} µs  ratio ${(waitNs / model).toFixed(3)}`,
      )
    }
  }
}
