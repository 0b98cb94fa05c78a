import type { MeasuringCommand, MetricRow } from './row.js'

/** Figures of a summary of times, by the name in metrics, with the share of values beyond each. */
export const TIME_FIGURES = {
  mean: { key: 'meanNs', beyond: undefined, words: 'mean' },
  p50: { key: 'p50Ns', beyond: 0.5, words: '50 % at most' },
  p90: { key: 'p90Ns', beyond: 0.1, words: '90 % at most' },
  p99: { key: 'p99Ns', beyond: 0.01, words: '99 % at most' },
  'p99.9': { key: 'p999Ns', beyond: 0.001, words: '99.9 % at most' },
  max: { key: 'maxNs', beyond: 0, words: 'greatest' },
} as const

export type TimeFigure = keyof typeof TIME_FIGURES
export const TIME_FIGURE_NAMES = Object.keys(TIME_FIGURES) as TimeFigure[]

/** The two times of a request, which are different metrics: one is what a user would feel, the other is not. */
const TIMES = {
  response: { words: 'response time (intended send to reply)', needs: 'open loop' },
  service: { words: 'service time (actual send to reply)' },
} as const
export type TimeName = keyof typeof TIMES
export const TIME_NAMES = Object.keys(TIMES) as TimeName[]

/** Parts of the way of a request. */
const LEGS = {
  request: 'from the send until it is in the queue of the member’s socket',
  queue: 'in the queue of the member’s socket',
  server: 'from its being read by the member until it is echoed',
  reply: 'from the echo until the client reads it',
} as const
export type LegName = keyof typeof LEGS
export const LEG_NAMES = Object.keys(LEGS) as LegName[]
export const LEG_FIGURES = ['mean', 'p99'] as const

const LOADS: readonly MeasuringCommand[] = ['run', 'churn', 'sweep']
const NO_REPLY = 'there was no reply in time'
const lower = { unit: 'ns', better: 'lower' } as const

type LatencyName = `latency.${TimeName}.${TimeFigure}` | `latency.${TimeName}.p99.worstMember`
type LegMetricName = `leg.${LegName}.${(typeof LEG_FIGURES)[number]}`

function rows<Name extends string>(
  entries: readonly (readonly [Name, MetricRow])[],
): Record<Name, MetricRow> {
  return Object.fromEntries(entries) as Record<Name, MetricRow>
}

const latencies = rows(
  TIME_NAMES.flatMap((time): [LatencyName, MetricRow][] => {
    const { words, ...needs } = TIMES[time]
    return [
      ...TIME_FIGURE_NAMES.map((figure): [LatencyName, MetricRow] => [
        `latency.${time}.${figure}`,
        {
          ...lower,
          ...needs,
          meaning: `${words} of the replies in time: ${TIME_FIGURES[figure].words}`,
          absent: NO_REPLY,
          commands: LOADS,
        },
      ]),
      [
        `latency.${time}.p99.worstMember`,
        {
          ...lower,
          ...needs,
          meaning: `${words} of the replies in time of a member: 99 % at most, of the member that has most`,
          absent: NO_REPLY,
          commands: ['run'],
        },
      ],
    ]
  }),
)

const legs = rows(
  LEG_NAMES.flatMap((leg) =>
    LEG_FIGURES.map((figure): [LegMetricName, MetricRow] => [
      `leg.${leg}.${figure}`,
      {
        ...lower,
        meaning: `time of a request ${LEGS[leg]}: ${TIME_FIGURES[figure].words}`,
        absent: leg === 'request' || leg === 'queue' ? 'the kernel did not stamp arrivals' : NO_REPLY,
        commands: ['run'],
        ...((leg === 'request' || leg === 'queue') && { needs: 'open loop' }),
      },
    ]),
  ),
)

const connects = rows(
  TIME_FIGURE_NAMES.map((figure): [`latency.connect.${TimeFigure}`, MetricRow] => [
    `latency.connect.${figure}`,
    {
      ...lower,
      meaning: `from connect() until the connection was there: ${TIME_FIGURES[figure].words}`,
      absent: NO_REPLY,
      commands: ['run', 'churn'],
      needs: 'connections',
    },
  ]),
)

export const TIME_METRICS = {
  ...latencies,
  ...connects,
  ...legs,
  'lag.p99': {
    ...lower,
    meaning: 'how far behind its intended time a request was sent: 99 % at most',
    commands: ['run', 'churn'],
    needs: 'open loop',
  },
} as const satisfies Readonly<Record<string, MetricRow>>
