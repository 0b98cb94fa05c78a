import { capacityOf, withRatios, type CapacityGoal } from '../analysis/capacity/capacity.js'
import { summarisePoint } from '../analysis/sweep/repetitions.js'
import type { SweepPlan } from '../plan/sweep-plan.js'
import { seriesHead, type SeriesOrigin } from './origin.js'
import type { SweepResult, SweepRun } from '../result/sweep-result.js'
import { SWEEP_SCHEMA } from '../result/schema-names.js'

/** What a sweep is, apart from its runs. */
export interface SweepRecord extends SeriesOrigin {
  supplied: Record<string, string>
  plan: SweepPlan
  goal: CapacityGoal | undefined
}

/** The result of a sweep as far as it has come; also of one without any run yet. */
export function assembleSweep(record: SweepRecord, runs: readonly SweepRun[]): SweepResult {
  const { plan, goal } = record
  const byPoint = plan.points.map((): SweepRun[] => [])
  for (const run of runs) byPoint[run.point]?.push(run)
  const ofPoint = (index: number): SweepRun[] => byPoint[index] ?? []
  return {
    schema: SWEEP_SCHEMA,
    ...seriesHead(record),
    plan: {
      supplied: record.supplied,
      axes: plan.axes,
      repeat: plan.repeat,
      ...(plan.independentRuns !== undefined && { independentRuns: plan.independentRuns }),
      order: plan.order,
      ...(goal && { goal: statedGoal(goal) }),
    },
    points: plan.points.map((point) => summarisePoint(point, ofPoint(point.index))),
    skipped: plan.skipped,
    runs: [...runs],
    ...(goal && {
      capacity: withRatios(plan.points.map((point) => capacityOf(point, ofPoint(point.index), goal))),
    }),
  }
}

/** Every attribute of the goal, as the draft wants it in a report. */
function statedGoal({ range: _range, ...goal }: CapacityGoal): NonNullable<SweepResult['plan']['goal']> {
  return goal
}
