import { expect, it } from 'vitest'
import { analysePlacement } from '../../src/analysis/affinity/placement.js'
import { hashLine } from '../../src/report/hash-line.js'
import { sampleResult } from './sample-result.js'

const at = (member: number, moved = false) => ({ member, moved })

it('counts the flows whose hash was seen, and those that are where it puts them', () => {
  const flows = [at(0), at(3), at(1), at(-1), at(2), at(2, true)]
  const hashes = [0, 0xffff_ffff, 0, 0, undefined, 0x8000_0000]
  expect(analysePlacement(flows, hashes, 4)).toEqual({ observed: 4, predicted: 2 })
})

it.each([
  [{ observed: 0, predicted: 0 }, 'unknown', 'no flow’s hash was seen'],
  [{ observed: 1, predicted: 1 }, 'predicts', 'reciprocal_scale(hash, 4) is the member of each of 1 flow'],
  [
    { observed: 2000, predicted: 1999 },
    'differs',
    'reciprocal_scale(hash, 4) is the member of 1,999 of 2,000 flows',
  ],
])('is reported in one line: %o', (hash, verdict, text) => {
  const line = hashLine(sampleResult({ hash }))
  expect([line?.verdict?.text, line?.phrases[0]?.text]).toEqual([verdict, text])
})

it('is not mentioned where no hash was observed', () => expect(hashLine(sampleResult())).toBeUndefined())
