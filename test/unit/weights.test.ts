import { describe, expect, it } from 'vitest'
import { flowWeights, parseWeights } from '../../src/plan/weights.js'
import { refusalOf } from './refusal-of.js'

const parsed = (content: string) => parseWeights('w.csv', '--weights', () => content)
const weightsOf = (content: string, flows: number) => [...flowWeights(parsed(content), flows, 1)!]

describe('a file of weights', () => {
  it.each([
    ['a weight a line', '3\n1\n0.5\n'],
    ['other columns before it, and a heading', 'flow,weight\r\n0,3\r\n1,1\r\n2,0.5\r\n'],
  ])('has %s', (_name, content) => expect(weightsOf(content, 3)).toEqual([3, 1, 0.5]))

  it.each([
    [
      'too few',
      '1\n2\n',
      100,
      '--weights w.csv has 2 weights for 100 flows: give each flow one, or --flows 2.',
    ],
    ['too many', '1\n2\n', 1, '--weights w.csv has 2 weights for 1 flow: give each flow one, or --flows 2.'],
  ])('with %s for the flows is refused', (_name, content, flows, sentence) =>
    expect(refusalOf(() => weightsOf(content, flows))).toBe(sentence),
  )

  it.each([
    ['a negative one', '1\n-2\n', ', and weight 2 is not'],
    ['a word', '1\nmany\n', ', and weight 2 is not'],
    ['none but 0', '0\n0\n', ''],
    ['nothing', '', ''],
  ])('with %s is refused', (_name, content, which) =>
    expect(refusalOf(() => parsed(content))).toBe(
      `--weights: w.csv must have one weight (0 or more, not all 0) a line${which}.`,
    ),
  )
})
