import { availableParallelism } from 'node:os'
import { runExperiment, type RunOptions } from '../../src/experiment/run.js'
import { prepareTraffic } from '../../src/experiment/traffic.js'
import { ephemeralPortRange, openFileCount, openFileLimit } from '../../src/host/limits.js'
import type { FlowPlan } from '../../src/plan/flow-plan.js'
import { repetitionOf } from '../../src/plan/repetition.js'
import { completePlan, type RunRequest } from '../../src/plan/run-plan.js'
import type { FlowRow, RunResult } from '../../src/result/run-result.js'
import { udpSocketsOn } from './kernel-counters.js'

export interface Measured {
  result: RunResult
  flows: FlowRow[]
}

/** A short run; at most 200 requests in flight, so that no queue of the default size can overflow. */
const SHORT: RunRequest = { durationNs: 200e6, warmupNs: 50e6, timeoutNs: 10e9 }

/**
 * Runs the main job in this process, with members and workers as the tool has them.
 * @param options those of a run, and in place of the flows that the plan has, others
 * @param repetition which of the draws of this plan, from 0; without, that of its seed
 */
export async function measure(
  request: RunRequest,
  {
    flowPlan,
    ...options
  }: Partial<Pick<RunOptions, 'signal' | 'onProgress' | 'intervals' | 'testbed' | 'commands'>> & {
    flowPlan?: FlowPlan
  } = {},
  repetition?: number,
): Promise<Measured> {
  const wanted = { ...SHORT, ...request }
  if (request.requests !== undefined) delete wanted.durationNs
  const asked = completePlan(wanted, {
    cpus: availableParallelism(),
    ephemeralPorts: ephemeralPortRange(),
    openFiles: { limit: openFileLimit(), used: openFileCount() },
  })
  const { plan, draw } = repetition === undefined ? { plan: asked } : repetitionOf(asked, repetition)
  const outcome = await runExperiment({
    plan,
    traffic: { ...prepareTraffic(plan, draw), ...(flowPlan && { flowPlan }) },
    supplied: {},
    toolVersion: '0.0.0',
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  })
  return { result: outcome.result, flows: [...outcome.flows] }
}

/**
 * A free port, outside the range from which others get theirs unasked if this host has any: nobody takes it
 * between two runs then.
 */
export function quietPort(): number {
  const [first, last] = ephemeralPortRange()
  for (let attempt = 0; ; attempt++) {
    const port = 10_000 + Math.floor(Math.random() * 50_000)
    const quiet = port < first || port > last || attempt > 500
    if (quiet && udpSocketsOn(port) === 0) return port
  }
}

/** `address:port` of every flow → its member. */
export function assignment(flows: readonly FlowRow[]): Map<string, number> {
  return new Map(flows.map((flow) => [`${flow.sourceAddress}:${flow.sourcePort}`, flow.member]))
}
