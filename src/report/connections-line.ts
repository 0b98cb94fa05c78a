import type { RunResult } from '../result/run-result.js'
import { formatCount } from '../units/format.js'
import { type Line, NBSP, type Phrase } from './line.js'
import type { Tone } from './style.js'

type Counts = NonNullable<RunResult['connections']>

/** What became of connections that is not as it should be: named only where there were some. */
const SPECIAL_COUNTS: readonly [keyof Counts, string, Tone][] = [
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
  const chain = stages
    .map(([n, name], i) => {
      const before = stages[i - 1]?.[0]
      const sign = before === undefined ? '' : before === n ? `=${NBSP}` : `→${NBSP}`
      return `${sign}${formatCount(n)}${NBSP}${name}`
    })
    .join(' ')
  const special = SPECIAL_COUNTS.filter(([key]) => (connections[key] ?? 0) > 0).map(
    ([key, name, tone]): Phrase => ({ text: `${formatCount(connections[key] ?? 0)} ${name}`, tone }),
  )
  const { connectionsPerSecond } = throughput
  return {
    label: 'conns',
    phrases: [
      { text: chain },
      ...(connectionsPerSecond === undefined ? [] : [{ text: `${formatCount(connectionsPerSecond)}/s` }]),
      ...special,
    ],
  }
}
