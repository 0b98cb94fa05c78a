import type { Balance } from '../result/balance.js'
import type { ChurnResult, ChangeResult } from '../result/churn-result.js'
import type { RunResult } from '../result/run-result.js'
import type { Capacity, SweepResult, SweepRun } from '../result/sweep-result.js'
import type { Claim, ClaimsResult } from '../result/verify-result.js'
import { isMeasurement } from './measurement.js'

/** As much of it as is known. */
type Known<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

/** What a run says of how flows spread; old summaries of runs lack all but the first. */
type Spread = Pick<Balance, 'maxOverMean'> &
  Known<Pick<Balance, 'flows' | 'members' | 'minOverMean' | 'cv' | 'pValue' | 'effectBoundW' | 'verdict'>>

/** Fields of a change that all results have that tell of changes. */
type Change = Pick<
  ChangeResult,
  'change' | 'flows' | 'moved' | 'collateral' | 'movedShare' | 'minimum' | 'lost' | 'settledNs' | 'verdict'
> &
  Partial<Pick<ChangeResult, 'dark' | 'darkShare' | 'latencyDuring'>>

/**
 * What metrics are taken of: one run, whatever result it stands in. A result of `run` is one as it is; of others, see below.
 * What was not measured is absent.
 */
export interface Measured extends Partial<
  Pick<
    RunResult,
    | 'latency'
    | 'legs'
    | 'connections'
    | 'answers'
    | 'statuses'
    | 'members'
    | 'imbalance'
    | 'takenBalance'
    | 'hash'
    | 'startup'
    | 'clientResidentBytes'
  >
> {
  validity?: { verdict: RunResult['validity']['verdict'] }
  schedule?: Pick<NonNullable<RunResult['schedule']>, 'lag'> | undefined
  throughput?: Known<RunResult['throughput']>
  books?: Known<RunResult['books']>
  balance?: Spread | undefined
  affinity?: Known<RunResult['affinity']>
  /** the most replies of a member over the mean */
  deliveredMaxOverMean?: number | undefined
  changes?: readonly Change[]
  capacity?: Capacity
}

/** A run, or a run through changes. */
export function measuredOf(result: RunResult | ChurnResult): Measured {
  return result
}

/** A run of a sweep, from its summary. */
export function measuredOfSummary(run: SweepRun): Measured {
  const { validity, latency, books, flowSpread, flowsMaxOverMean, deliveredMaxOverMean, moved } = run
  const { answers, statuses } = run
  const balance: Spread | undefined =
    flowSpread ?? (flowsMaxOverMean === undefined ? undefined : { maxOverMean: flowsMaxOverMean })
  return {
    throughput: run,
    ...(validity && { validity }),
    ...(latency && { latency }),
    ...(books && { books }),
    ...(answers && { answers }),
    ...(statuses && { statuses }),
    ...(balance && { balance }),
    ...(deliveredMaxOverMean !== undefined && { deliveredMaxOverMean }),
    ...(moved !== undefined && { affinity: { moved, flows: balance?.flows } }),
  }
}

/**
 * The repetitions at a point of a sweep; where a capacity was searched, what came of that, since trials differ in their load
 * and are no repetitions.
 */
export function measuredAtPoint({ runs, capacity }: SweepResult, point: number): Measured[] {
  const search = capacity?.find((found) => found.point === point)
  if (search) return [{ capacity: search }]
  return runs
    .filter((run) => run.point === point && run.trial === undefined && isMeasurement(run))
    .map(measuredOfSummary)
}

/**
 * The draws, the runs and the changes of a verification, as far as its claims have them as evidence: a draw that two claims
 * rest on is there twice, once with the figures of each.
 */
export function measuredOfClaims({ claims }: ClaimsResult): Measured[] {
  return claims.flatMap(measuredOfClaim)
}

function measuredOfClaim(claim: Claim): Measured[] {
  if (claim.evidence === undefined) return []
  switch (claim.id) {
    case 'affinity':
      return claim.evidence.runs.map((run) => ({ validity: { verdict: run.validity }, affinity: run }))
    case 'balance': {
      const { repetitions, effectBoundW } = claim.evidence
      return repetitions.map(({ validity, ...draw }) => ({
        validity: { verdict: validity },
        balance: {
          ...draw,
          members: draw.flowsPerMember.length,
          minOverMean: (Math.min(...draw.flowsPerMember) * draw.flowsPerMember.length) / draw.flows,
          cv: Math.sqrt(draw.chiSquare / draw.flows),
          effectBoundW,
        },
      }))
    }
    case 'churn':
      return [{ validity: { verdict: claim.evidence.run.validity }, changes: claim.evidence.changes }]
    default:
      // The runs of an overload are what the group could not do.
      return []
  }
}
