import type { RunResult } from '../result/run-result.js'
import { formatCount, formatDuration } from '../units/format.js'
import { plural } from '../units/plural.js'
import type { Line } from './line.js'

/** Of what a result was merged; undefined of one that was measured as one. */
export function shardsLine({ shards }: Pick<RunResult, 'shards'>): Line | undefined {
  if (shards === undefined) return undefined
  const { parts, commonNs, spanNs } = shards
  const hosts = new Set(parts.map(({ host }) => host.hostname)).size
  return {
    label: 'shards',
    verdict: { text: `${formatCount(parts.length)} merged` },
    phrases: [
      { text: `on ${plural(hosts, 'host', 'hosts')}` },
      { text: `all of them measured for ${formatDuration(commonNs)} of ${formatDuration(spanNs)}` },
    ],
  }
}
