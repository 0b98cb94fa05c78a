import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { capacityOf, type CapacityGoal } from '../../src/analysis/capacity/capacity.js'
import { measureJob } from '../../src/experiment/sweep-run.js'
import { sweepExperiment } from '../../src/experiment/sweep.js'
import { ephemeralPortRange, openFileCount, openFileLimit } from '../../src/host/limits.js'
import { parseGoal } from '../../src/plan/goal-conditions.js'
import { completePlan } from '../../src/plan/run-plan.js'
import { cpusAllowed } from '../../src/host/cpu-time.js'

describe('a capacity search', () => {
  it('finds what two members can do that sleep 2 ms for each request: 1,000/s', async () => {
    const plan = completePlan(
      {
        procs: 2,
        flows: 300,
        warmupNs: 50e6,
        rateHz: 500,
        serviceTimeNs: 2e6,
        serviceKind: 'sleep',
        timeoutNs: 10e9,
      },
      {
        cpus: availableParallelism(),
        allowedCpus: cpusAllowed(),
        ephemeralPorts: ephemeralPortRange(),
        openFiles: { limit: openFileLimit(), used: openFileCount() },
      },
    )
    const goal: CapacityGoal = {
      // At 10 % above what they can do, members fall behind by 10 % of the time that a trial has taken: 40 ms.
      conditions: parseGoal('p90<30ms', '--find'),
      finalTrialNs: 400e6,
      initialTrialNs: 400e6,
      durationSumNs: 1200e6,
      exceedRatio: 0.5,
      width: 0.15,
      range: { leastHz: 500, mostHz: 1500 },
    }
    const point = { index: 0, flags: {}, plan }
    const { signal } = new AbortController()
    const runs = await sweepExperiment({
      plan: { axes: [], points: [point], skipped: [], repeat: 1, order: [[0]] },
      goal,
      runs: [],
      measure: (job) => measureJob(job, { toolVersion: '0.0.0', signal, onProgress: () => {} }),
      signal,
      onProgress: () => {},
      onRun: async () => {},
    })
    const { stop, lowerHz, upperHz } = capacityOf(point, runs, goal)
    // Trials at nearly what they can do pass at one time and fail at another: then the search says that it cannot come nearer.
    expect(['goal-width', 'unclear']).toContain(stop)
    // Sleeps take longer than they should on a busy machine, never shorter.
    expect(upperHz!).toBeGreaterThan(600)
    expect(lowerHz!).toBeLessThan(1200)
    expect(upperHz! / lowerHz!).toBeLessThanOrEqual(stop === 'goal-width' ? 1 / 0.85 : Infinity)
    expect(new Set(runs.map(({ seed }) => seed)).size, 'each trial is a fresh draw').toBe(runs.length)
  })
})
