import { formatCount } from '../units/format.js'
import type { RunResult } from '../result/run-result.js'
import type { Line } from './line.js'
import { plural } from '../units/plural.js'

/** Are flows where their hash puts them? Only where the hash was observed. */
export function hashLine({ hash, members }: RunResult): Line | undefined {
  if (hash === undefined) return undefined
  const { observed, predicted } = hash
  const rule = `reciprocal_scale(hash, ${members.length})`
  if (observed === 0)
    return {
      label: 'hash',
      verdict: { text: 'unknown', tone: 'warn' },
      phrases: [{ text: 'no flow’s hash was seen' }],
    }
  return predicted === observed
    ? {
        label: 'hash',
        verdict: { text: 'predicts', tone: 'good' },
        phrases: [{ text: `${rule} is the member of each of ${plural(observed, 'flow', 'flows')}` }],
      }
    : {
        label: 'hash',
        verdict: { text: 'differs', tone: 'bad' },
        phrases: [
          {
            text: `${rule} is the member of ${formatCount(predicted)} of ${plural(observed, 'flow', 'flows')}`,
          },
        ],
      }
}
