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
/** How much longer than asked a service may take in the mean. */
const OVERHEAD = 0.1

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

/** What a run says of one member under Poisson arrivals. */
export interface SeenQueue {
  rateHz: number
  /** replies that the means are of */
  count: number
  serviceNs: number
  waitNs: number
}

export interface Wait extends SeenQueue {
  /** of the model, in Kendall's notation */
  name: string
  utilisation: number
  modelNs: number
  /** how far the ratio of the waits may be from 1 */
  allowed: number
  agrees: boolean
  /** the service time that was asked for, and how far the ratio of the mean to it may be from 1 */
  askedNs: number
  serviceAllowed: number
  serviceAgrees: boolean
  validity: RunResult['validity']['verdict']
}

/**
 * A member that was idle wakes up in less: the model takes this time from the run, so that a shift of all waits would be in both.
 */
export const MOST_SET_UP_NS = 1e6

export type QueueModel = 'M/D/1' | 'M/M/1'

/** Whether the service took what was asked, and the wait what theory says for the service that was measured. */
export function judgeQueue(
  model: QueueModel,
  askedHz: number,
  seen: SeenQueue,
  setUpNs: number,
): Omit<Wait, 'validity'> {
  const { rateHz, count, serviceNs, waitNs } = seen
  const squaredVariation = model === 'M/M/1' ? 1 : 0
  const utilisation = (rateHz * serviceNs) / 1e9
  const modelNs = meanWaitNs(rateHz, serviceNs, squaredVariation, setUpNs)
  const askedNs = SERVICE_US * 1e3
  // By what was asked: a utilisation that is wrong must not widen what it is held against.
  const allowed = TOLERANCE + 3 * relativeError((askedHz * askedNs) / 1e9, count)
  const serviceAllowed = OVERHEAD + 4 * Math.sqrt(squaredVariation / count)
  return {
    ...seen,
    name: model,
    utilisation,
    modelNs,
    allowed,
    // A member that cannot keep up has no mean wait.
    agrees: utilisation < 1 && Math.abs(waitNs / modelNs - 1) <= allowed,
    askedNs,
    serviceAllowed,
    serviceAgrees: Math.abs(serviceNs / askedNs - 1) <= serviceAllowed,
  }
}

/**
 * The measured wait of one member under Poisson arrivals against queueing theory: what shows that arrivals, service
 * and time stamps are what they claim to be. The model gets the service time and the waking up that were measured.
 */
export async function compareWithQueueingTheory({
  seconds = SECONDS,
  utilisations = UTILISATIONS,
}: { seconds?: number; utilisations?: readonly number[] } = {}): Promise<{
  setUpNs: number
  setUpCount: number
  waits: Wait[]
}> {
  const lonely = await oneMember(LONELY_RATE, 'constant', seconds / 2)
  const setUpNs = waitOf(lonely)
  const waits: Wait[] = []
  for (const [distribution, model] of [
    ['constant', 'M/D/1'],
    ['exponential', 'M/M/1'],
  ] as const) {
    for (const wanted of utilisations) {
      const askedHz = Math.round((wanted * 1e6) / SERVICE_US)
      const result = await oneMember(askedHz, distribution, seconds)
      const { meanNs: serviceNs, count } = result.legs!.server
      const rateHz = result.throughput.achievedPerSecond
      const seen = { rateHz, count, serviceNs, waitNs: waitOf(result) }
      waits.push({ ...judgeQueue(model, askedHz, seen, setUpNs), validity: result.validity.verdict })
    }
  }
  return { setUpNs, setUpCount: lonely.legs!.queue!.count, waits }
}

export async function printQueueingTheory(): Promise<void> {
  const { setUpNs, waits } = await compareWithQueueingTheory()
  console.log(
    `mean wait in the queue of one member, Poisson arrivals, service ${SERVICE_US} µs, ${SECONDS} s each; waking up takes ${(setUpNs / 1e3).toFixed(0)} µs`,
  )
  for (const { name, utilisation, waitNs, modelNs, allowed, agrees, validity } of waits)
    console.log(
      `  ${name}  ρ ${utilisation.toFixed(3)}  measured ${(waitNs / 1e3).toFixed(0)} µs  model ${(modelNs / 1e3).toFixed(0)} µs  ratio ${(waitNs / modelNs).toFixed(3)} (allowed 1 ± ${allowed.toFixed(2)})  ${agrees ? 'agrees' : 'DIFFERS'}  run ${validity}`,
    )
}
