import type { SessionOptions } from '../../src/experiment/session.js'
import type { Testbed } from '../../src/experiment/testbed.js'
import { planFlows } from '../../src/plan/flow-plan.js'
import { completePlan, type RunRequest } from '../../src/plan/run-plan.js'
import { FakeClock } from './fake-clock.js'
import { FakeGroup, KERNEL_RULE, type Rule } from './fake-group.js'
import { FakeLoad } from './fake-load.js'

/** What is to be seen of a fake testbed while an experiment uses it. */
export interface Scene {
  clock: FakeClock
  group: FakeGroup
}

/** @param opened called when the flows are open: the place to say what is to happen, and when */
export function fakeTestbed(rule: Rule = KERNEL_RULE, opened: (scene: Scene) => void = () => {}): Testbed {
  const clock = new FakeClock()
  let group: FakeGroup
  return {
    startClock: () => clock,
    startGroup: async ({ plan }) => (group = new FakeGroup(plan.procs, clock, rule, plan.observeHash)),
    openLoad: async (options) => {
      opened({ clock, group })
      return new FakeLoad(options, clock, group)
    },
  }
}

export type FakeOptions = Pick<SessionOptions, 'plan' | 'traffic' | 'signal' | 'onProgress' | 'testbed'> & {
  supplied: Record<string, unknown>
  toolVersion: string
}

/** The options of an experiment on a fake testbed. */
export function onFake(
  request: RunRequest,
  testbed: Testbed,
  signal: FakeOptions['signal'] = new AbortController().signal,
): FakeOptions {
  const plan = completePlan(request, {
    cpus: 64,
    ephemeralPorts: [32_768, 60_999],
    openFiles: { limit: 100_000, used: 30 },
  })
  const { flows, seed, sourcePorts: ports, host: firstAddress } = plan
  return {
    plan,
    traffic: { flowPlan: planFlows({ flows, seed, ports, firstAddress }), weights: undefined },
    testbed,
    signal,
    onProgress: () => {},
    supplied: {},
    toolVersion: '0.0.0',
  }
}
