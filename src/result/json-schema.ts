import * as z from 'zod'
import { flagOf } from '../plan/parameters/table.js'
import { attachIntervalLine, attachResult } from './attach-result.js'
import { churnResult } from './churn-result.js'
import { compareResult } from './compare-result.js'
import { doctorResult } from './doctor-result.js'
import { intervalLine } from './interval.js'
import { listResult } from './headline.js'
import { predictResult } from './predict-result.js'
import { repeatResult } from './repeat-result.js'
import { runResult } from './run-result.js'
import { serveResult } from './serve-result.js'
import { sweepResult } from './sweep-result.js'
import { verifyResult } from './verify-result.js'
import {
  ATTACH_INTERVAL_SCHEMA,
  ATTACH_SCHEMA,
  CHURN_SCHEMA,
  COMPARE_SCHEMA,
  DOCTOR_SCHEMA,
  INTERVAL_SCHEMA,
  LIST_SCHEMA,
  PREDICT_SCHEMA,
  REPEAT_SCHEMA,
  RUN_SCHEMA,
  SERVE_SCHEMA,
  SWEEP_SCHEMA,
  VERIFY_SCHEMA,
} from './schema-names.js'

const RESULTS = {
  run: { schema: RUN_SCHEMA, result: runResult },
  attach: { schema: ATTACH_SCHEMA, result: attachResult },
  'attach-interval': {
    schema: ATTACH_INTERVAL_SCHEMA,
    result: attachIntervalLine,
    by: 'attach --json-lines',
  },
  churn: { schema: CHURN_SCHEMA, result: churnResult },
  compare: { schema: COMPARE_SCHEMA, result: compareResult },
  doctor: { schema: DOCTOR_SCHEMA, result: doctorResult },
  interval: {
    schema: INTERVAL_SCHEMA,
    result: intervalLine,
    by: `run ${flagOf('intervalNs')} --json-lines`,
  },
  list: { schema: LIST_SCHEMA, result: listResult },
  predict: { schema: PREDICT_SCHEMA, result: predictResult },
  repeat: { schema: REPEAT_SCHEMA, result: repeatResult, by: `run ${flagOf('repeat')}` },
  serve: { schema: SERVE_SCHEMA, result: serveResult },
  sweep: { schema: SWEEP_SCHEMA, result: sweepResult },
  verify: { schema: VERIFY_SCHEMA, result: verifyResult },
} as const

/** A kind of result: the command that gives it, but for `repeat`. */
export type SchemaName = keyof typeof RESULTS

export const SCHEMA_NAMES = Object.keys(RESULTS) as SchemaName[]

/**
 * The JSON Schema (draft 2020-12) of what `rpbench <name> --json` prints (`repeat`: of `run` repeated). Unknown properties are allowed in it: a
 * later version of the tool may add optional ones without a new schema version. Every property has its `description`,
 * and figures their `unit`.
 */
export function resultJsonSchema(name: SchemaName): Record<string, unknown> {
  const { schema, result, by = name }: { schema: string; result: z.ZodType; by?: string } = RESULTS[name]
  return {
    $id: `urn:${schema.replace('/', ':')}`,
    title: `Result of rpbench ${by} (${schema})`,
    ...z.toJSONSchema(result, { target: 'draft-2020-12', io: 'input' }),
  }
}
