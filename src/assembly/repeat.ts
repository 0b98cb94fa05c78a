import { figuresOf } from '../metrics/figures.js'
import { poolChanges } from '../analysis/repetitions/pooled-changes.js'
import { poolClaims } from '../analysis/repetitions/pooled-claims.js'
import { isMeasurement } from '../metrics/measurement.js'
import type { Repetition, RepeatResult } from '../result/repeat-result.js'
import { seriesHead, type SeriesOrigin } from './origin.js'
import { REPEAT_SCHEMA } from '../result/schema-names.js'

/** What is repeated, apart from its repetitions. */
export interface RepeatRecord extends SeriesOrigin {
  of: RepeatResult['of']
  repeat: number
  /** the plan of which each repetition is a draw */
  effective: RepeatResult['plan']['effective']
  independentRepetitions: number | undefined
}

/** The result of repetitions as far as they have come; pooled are those that came to their end and are measurements. */
export function assembleRepeat(record: RepeatRecord, repetitions: readonly Repetition[]): RepeatResult {
  const { of, repeat, interrupted, independentRepetitions } = record
  const runs = repetitions.flatMap(({ run }) => run ?? []).filter(isMeasurement)
  // Of servers that tell which member answers.
  const telling = runs.filter(({ group }) => !group.membersUnknown)
  const churns = repetitions.flatMap(({ churn }) => churn ?? []).filter(isMeasurement)
  return {
    schema: REPEAT_SCHEMA,
    ...seriesHead(record),
    of,
    plan: { supplied: record.supplied, effective: { ...record.effective } },
    repeat,
    ...(independentRepetitions !== undefined && { independentRepetitions }),
    repetitions: [...repetitions],
    ...(telling.length > 0 && { claims: poolClaims(telling, interrupted ? repeat : telling.length) }),
    ...(churns.length > 0 && { changes: poolChanges(churns) }),
    figures: figuresOf(of, [...runs, ...churns]),
  }
}
