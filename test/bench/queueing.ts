import type { RunResult } from '../../src/result/run-result.js'
import { runRpbench } from './processes.js'

const SERVICE_US = 2000
const UTILISATIONS = [0.3, 0.5, 0.7]
const SECONDS = 20
/** A rate at which requests hardly ever meet: what they wait then is the member's waking up. */
const LONELY_RATE = 20

/**
 * How far measurement and model may be apart: three standard errors of the sample, and 15 % for what the model does
 * not know: a virtual machine that is not run for a millisecond now and then.
 */
const TOLERANCE = 0.15

/**
 * Mean time in the queue by the Pollaczek–Khinchine formula, which is M/D/1 for c² = 0 and M/M/1 for c² = 1, with the
 * set-up time D that a server needs when it was idle: W = λE[S²] / 2(1−ρ) + (2E[D] + λE[D]²) / 2(1 + λE[D])
 * (L. Kleinrock, Queueing Systems I, 1975, section 5.6; P. D. Welch, On a generalized M/G/1 queuing process,
 * Operations Research 12, 1964; D taken as constant).
 */
function meanWaitNs(rateHz: number, serviceNs: number, squaredVariation: number, setUpNs: number): number {
  const perNs = rateHz / 1e9
  const utilisation = perNs * serviceNs
  const queueing = (utilisation * serviceNs * (1 + squaredVariation)) / (2 * (1 - utilisation))
  return queueing + (2 * setUpNs + perNs * setUpNs ** 2) / (2 * (1 + perNs * setUpNs))
}

/**
 * Relative standard error of the mean of `n` consecutive waits of an M/M/1 queue, which are correlated (D. J. Daley,
 * The serial correlation coefficients of waiting times in a stationary single server queue, J. Austral. Math. Soc. 8,
 * 1968); an upper bound for M/D/1.
 */
function relativeError(utilisation: number, n: number): number {
  const u = utilisation
  return Math.sqrt((2 + 5 * u - 4 * u ** 2 + u ** 3) / (u * (1 - u) ** 2 * n))
}

async function oneMember(rate: number, distribution: string, seconds: number): Promise<RunResult> {
  return runRpbench(
    `--procs 1 --flows 100 --rate ${rate} --arrivals poisson --receive-buffer 4M --timeout 10s`,
    `--service-time ${SERVICE_US}us --service-distribution ${distribution} --duration ${seconds}s`,
  )
}

function waitOf({ legs }: RunResult): number {
  if (!legs?.queue) throw new Error('the kernel gave no receive time stamps')
  return legs.queue.meanNs
}

export interface Wait {
  /** of the model, in Kendall's notation */
  name: string
  utilisation: number
  /** replies that it is the mean of */
  count: number
  measuredNs: number
  modelNs: number
  /** how far the ratio of the two may be from 1 */
  allowed: number
  agrees: boolean
  validity: RunResult['validity']['verdict']
}

/**
 * The measured wait of one member under Poisson arrivals against queueing theory: what shows that arrivals, service
 * and time stamps are what they claim to be. The model gets the service time and the waking up that were measured.
 */
export async function compareWithQueueingTheory({
  seconds = SECONDS,
  utilisations = UTILISATIONS,
}: { seconds?: number; utilisations?: readonly number[] } = {}): Promise<{ setUpNs: number; waits: Wait[] }> {
  const setUpNs = waitOf(await oneMember(LONELY_RATE, 'constant', seconds / 2))
  const waits: Wait[] = []
  for (const [distribution, squaredVariation, name] of [
    ['constant', 0, 'M/D/1'],
    ['exponential', 1, 'M/M/1'],
  ] as const) {
    for (const wanted of utilisations) {
      const result = await oneMember(Math.round((wanted * 1e6) / SERVICE_US), distribution, seconds)
      const { meanNs: serviceNs, count } = result.legs!.server
      const rateHz = result.throughput.achievedPerSecond
      const utilisation = (rateHz * serviceNs) / 1e9
      const modelNs = meanWaitNs(rateHz, serviceNs, squaredVariation, setUpNs)
      const measuredNs = waitOf(result)
      const allowed = TOLERANCE + 3 * relativeError(utilisation, count)
      const agrees = Math.abs(measuredNs / modelNs - 1) <= allowed
      const validity = result.validity.verdict
      waits.push({ name, utilisation, count, measuredNs, modelNs, allowed, agrees, validity })
    }
  }
  return { setUpNs, waits }
}

export async function printQueueingTheory(): Promise<void> {
  const { setUpNs, waits } = await compareWithQueueingTheory()
  console.log(
    `mean wait in the queue of one member, Poisson arrivals, service ${SERVICE_US} µs, ${SECONDS} s each; waking up takes ${(setUpNs / 1e3).toFixed(0)} µs`,
  )
  for (const { name, utilisation, measuredNs, modelNs, allowed, agrees, validity } of waits)
    console.log(
      `  ${name}  ρ ${utilisation.toFixed(3)}  measured ${(measuredNs / 1e3).toFixed(0)} µs  model ${(modelNs / 1e3).toFixed(0)} µs  ratio ${(measuredNs / modelNs).toFixed(3)} (allowed 1 ± ${allowed.toFixed(2)})  ${agrees ? 'agrees' : 'DIFFERS'}  run ${validity}`,
    )
}
