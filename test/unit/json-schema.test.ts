import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { predictChange, predictSpreadOf } from '../../src/analysis/prediction/prediction.js'
import { churnResult } from '../../src/result/churn-result.js'
import { resultJsonSchema } from '../../src/result/json-schema.js'
import { runResult } from '../../src/result/run-result.js'
import { verifyResult } from '../../src/result/verify-result.js'
import { sampleClaims } from './sample-claims.js'
import { sampleChurn, sampleStall } from './sample-churn.js'
import { sampleResult } from './sample-result.js'
import { PREDICT_SCHEMA, VERIFY_SCHEMA } from '../../src/result/schema-names.js'

/** As it comes out of a file. */
const written = (value: object): object => JSON.parse(JSON.stringify(value)) as object

describe('the JSON Schema of a run', () => {
  const schema = resultJsonSchema('run')
  const validator = z.fromJSONSchema(schema)
  const sample = written(sampleResult())

  it('has a name and a version of JSON Schema', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:rpbench:run@1',
      title: 'Result of rpbench run (rpbench/run@1)',
      type: 'object',
    })
  })

  it('has the fields that others build on', () => {
    expect(Object.keys(schema['properties'] as object)).toEqual(Object.keys(runResult.shape))
    expect(schema['required']).toEqual(
      expect.arrayContaining(['schema', 'members', 'affinity', 'books', 'validity']),
    )
    expect(schema['required']).not.toContain('balance')
  })

  it('accepts a result, also one of a later version with more fields', () => {
    expect(validator.safeParse(sample).error).toBeUndefined()
    expect(validator.safeParse({ ...sample, added: 1 }).success).toBe(true)
  })

  it.each([
    ['another schema', { schema: 'rpbench/run@2' }],
    ['no books', { books: undefined }],
    ['a negative duration', { durationNs: -1 }],
    ['null for what was not measured', { latency: null }],
  ])('refuses %s', (_name, change) =>
    expect(validator.safeParse({ ...sample, ...change }).success).toBe(false),
  )
})

describe('the JSON Schema of a run through changes', () => {
  const schema = resultJsonSchema('churn')
  const validator = z.fromJSONSchema(schema)
  const sample = sampleChurn({ changes: [...sampleChurn().changes, sampleStall()] })

  it('has a name, and the fields that others build on', () => {
    expect(schema).toMatchObject({
      $id: 'urn:rpbench:churn@1',
      title: 'Result of rpbench churn (rpbench/churn@1)',
    })
    expect(Object.keys(schema['properties'] as object)).toEqual(Object.keys(churnResult.shape))
  })

  it('accepts a result', () => expect(validator.safeParse(written(sample)).error).toBeUndefined())

  it.each([
    ['no changes', { changes: undefined }],
    ['a change without its transitions', { changes: [{ ...sampleStall(), transitions: undefined }] }],
    ['a share above 1', { changes: [{ ...sampleStall(), darkShare: 1.1 }] }],
    ['more found than was lost', { changes: [{ ...sampleStall(), lost: -1 }] }],
    ['another verdict', { changes: [{ ...sampleStall(), verdict: 'excellent' }] }],
  ])('refuses %s', (_name, change) =>
    expect(validator.safeParse(written({ ...sample, ...change })).success).toBe(false),
  )
})

describe('the JSON Schema of a prediction', () => {
  const schema = resultJsonSchema('predict')
  const validator = z.fromJSONSchema(schema)
  const { tool, startedAt } = sampleResult()
  const head = { schema: PREDICT_SCHEMA, tool, startedAt, kernel: '6.18.44' }

  it('has a name', () =>
    expect(schema).toMatchObject({
      $id: 'urn:rpbench:predict@1',
      title: 'Result of rpbench predict (rpbench/predict@1)',
    }))

  it('accepts that of a change and that of a spread, and nothing in between', () => {
    const change = { ...head, ...predictChange(4, { kind: 'resize', to: 5 }, '4.5', 'hash') }
    const spread = { ...head, ...predictSpreadOf(4, 1000, '4.5') }
    expect(validator.safeParse(written(change)).error).toBeUndefined()
    expect(validator.safeParse(written(spread)).error).toBeUndefined()
    expect(validator.safeParse(written({ ...spread, kind: 'change' })).success).toBe(false)
  })
})

describe('the JSON Schema of a verification', () => {
  const schema = resultJsonSchema('verify')
  const validator = z.fromJSONSchema(schema)
  const claims = written(sampleClaims())
  const selectors = {
    schema: VERIFY_SCHEMA,
    tool: { name: 'rpbench', version: '0.1.0' },
    host: sampleResult().host,
    startedAt: '2026-11-22T10:13:00.000Z',
    cases: [{ id: 'reattach', outcome: 'pass', why: 'a program replaces that of the whole group' }],
  }

  it('has a name', () =>
    expect(schema).toMatchObject({
      $id: 'urn:rpbench:verify@1',
      title: 'Result of rpbench verify (rpbench/verify@1)',
    }))

  it('accepts claims, and the cases of verify selectors, as they always were', () => {
    expect(validator.safeParse(claims).error).toBeUndefined()
    expect(validator.safeParse(selectors).error).toBeUndefined()
    expect(verifyResult.parse(claims), 'and neither for the other').toEqual(claims)
    expect(verifyResult.parse(selectors)).toEqual(selectors)
  })

  it('accepts a claim of which nothing was measured', () =>
    expect(
      validator.safeParse({ ...claims, claims: [{ id: 'churn', verdict: 'cannot tell', why: 'no time' }] })
        .error,
    ).toBeUndefined())

  it.each([
    ['neither claims nor cases', { claims: undefined }],
    ['another claim', { claims: [{ id: 'speed', verdict: 'holds', why: '' }] }],
    ['another verdict', { claims: [{ id: 'churn', verdict: 'maybe', why: '' }] }],
    [
      'the evidence of another claim',
      { claims: [{ id: 'churn', holds: true, verdict: 'holds', why: '', evidence: { runs: [] } }] },
    ],
  ])('refuses %s', (_name, change) =>
    expect(validator.safeParse(written({ ...claims, ...change })).success).toBe(false),
  )
})
