import type { RunResult } from '../result/run-result.js'
import { formatCount } from '../units/format.js'
import { specialPhrases, stagesPhrase, type SpecialCount } from './counts.js'
import type { Line } from './line.js'

type Counts = NonNullable<RunResult['connections']>

/** What became of connections that is not as it should be: named only where there were some. */
const SPECIAL_COUNTS: readonly SpecialCount<Counts>[] = [
  ['refused', 'refused', 'bad'],
  ['timedOut', 'timed out', 'bad'],
  ['failed', 'failed', 'bad'],
  ['unfinished', 'still connecting at the end', 'bad'],
  ['resetByServer', 'reset by the server', 'bad'],
  ['closedByServer', 'closed by the server', 'warn'],
  ['cut', 'requests cut off with theirs', 'bad'],
  ['unwritten', 'requests whose connection did not come about', 'bad'],
]

/** What became of connections, as the client and the members each counted them; undefined where flows are none. */
export function connectionsLine({
  connections,
  throughput,
}: Pick<RunResult, 'connections' | 'throughput'>): Line | undefined {
  if (connections === undefined) return undefined
  const { opened, established, accepted } = connections
  const stages: [number, string][] = [
    [opened, 'opened'],
    [established, 'established'],
    ...(accepted === undefined ? [] : [[accepted, 'accepted'] satisfies [number, string]]),
  ]
  const { connectionsPerSecond } = throughput
  return {
    label: 'conns',
    phrases: [
      stagesPhrase(stages),
      ...(connectionsPerSecond === undefined ? [] : [{ text: `${formatCount(connectionsPerSecond)}/s` }]),
      ...specialPhrases(SPECIAL_COUNTS, connections),
    ],
  }
}
