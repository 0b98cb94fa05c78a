import { expect, expectTypeOf, it } from 'vitest'
import { predictChange, predictSteps } from '../../src/analysis/prediction/prediction.js'
import { planChurn } from '../../src/api/plan-churn.js'
import { freshGroup } from '../../src/kernel/group-array.js'
import { hashModel } from '../../src/kernel/steering-model.js'
import {
  basisOf,
  PREDICTED_STEERINGS,
  STEERING,
  STEERINGS,
  STEERINGS_BY_FLOW,
  steeringsInWords,
  type SteeringRow,
} from '../../src/plan/steering.js'
import { predictResult } from '../../src/result/predict-result.js'

it('takes no steering without a model, a basis or a word of help: that does not compile', () => {
  const whole = { basis: 'flow', help: 'a whole row', model: hashModel } satisfies SteeringRow
  // @ts-expect-error no model
  const withoutModel: SteeringRow = { basis: 'flow', help: 'whatever' }
  // @ts-expect-error only what does not go by flow may say that there is none
  const withNone: SteeringRow = { basis: 'flow', help: 'whatever', model: null }
  // @ts-expect-error no basis
  const withoutBasis: SteeringRow = { help: 'whatever', model: hashModel }
  // @ts-expect-error no help
  const withoutHelp: SteeringRow = { basis: 'flow', model: hashModel }
  expect([whole, withoutModel, withNone, withoutBasis, withoutHelp]).toHaveLength(5)
})

it('has a row for every name, and no name without a row', () => {
  expectTypeOf<keyof typeof STEERING>().toEqualTypeOf<(typeof STEERINGS)[number]>()
  expect(STEERINGS).toEqual(Object.keys(STEERING))
})

it.each(STEERINGS)('shows %s in its help', (kind) => {
  expect(steeringsInWords([kind])).toBe(`${kind} (${STEERING[kind].help})`)
  expect(STEERING[kind].help.length).toBeGreaterThan(5)
})

it('predicts every steering under which a flow has a member, and churn takes just those', () => {
  expect(STEERINGS_BY_FLOW.every((kind) => PREDICTED_STEERINGS.some((known) => known === kind))).toBe(true)
})

it.each(STEERINGS_BY_FLOW)('lets flows be followed through changes under %s', (steering) =>
  expect(planChurn({ steering }).plan.steering).toBe(steering),
)

it.each(STEERINGS.filter((steering) => basisOf({ steering }) !== 'flow'))(
  'refuses to follow flows under %s',
  (steering) => expect(() => planChurn({ steering })).toThrow(`churn takes ${STEERINGS_BY_FLOW.join(', ')}.`),
)

it.each(PREDICTED_STEERINGS)('has a prediction and a place in the schema for %s', (steering) => {
  const prediction = predictChange(4, { kind: 'resize', to: 5 }, '4.5', steering)
  const head = {
    schema: 'rpbench/predict@1',
    tool: { name: 'rpbench', version: '0' },
    startedAt: '2026-11-22T10:13:00.000Z',
    kernel: '6.18',
  }
  expect(predictResult.parse({ ...head, ...prediction })).toMatchObject({
    steering,
    movedShare: prediction.movedShare,
  })
})

it.each(STEERINGS.filter((kind) => STEERING[kind].model === null))(
  'does not invent a model of %s',
  (steering) =>
    expect(() => predictSteps({ before: freshGroup(2), steps: [] }, steering)).toThrow(
      `there is no model of steering ${steering}`,
    ),
)
