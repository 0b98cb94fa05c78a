import type { IntervalMark, IntervalResult } from '../../result/run-result.js'
import { formatCount } from '../../units/format.js'
import { lifeName } from '../life-name.js'

/** Intervals shorter than this need hundredths of a second to be told apart. */
const SHORT_NS = 1e9

/** From when to when an interval lasted, `1.0–2.0 s`; of a drain, that it is one. */
export function spanOf({ fromNs, toNs, phase }: IntervalResult): string {
  const digits = toNs - fromNs < 0.95 * SHORT_NS ? 2 : 1
  const [from, to] = [fromNs, toNs].map((ns) => (ns / 1e9).toFixed(digits))
  return phase === 'drain' ? `drain to ${to} s` : `${from}–${to} s`
}

/** What happened, in a few words: `kill 1`, `member 2 died`. */
export function markInWords({ kind, change = '', member, generation = 0 }: IntervalMark): string {
  const who = member === undefined ? 'the front' : `member ${lifeName({ member, generation })}`
  const words: Readonly<Record<IntervalMark['kind'], string>> = {
    change,
    'failed-change': `${change} failed`,
    death: `${who} died`,
    silent: `${who} silent`,
    back: `${who} back`,
  }
  return words[kind]
}

export const marksInWords = ({ marks }: IntervalResult): string => marks.map(markInWords).join(', ')

/** Percentiles of an interval: response times where there are any, else service times. */
export const timesOf = ({ latency }: IntervalResult) => latency?.response ?? latency?.service

/** A rate, where the interval has one. */
export const rateOf = ({ roundTripsPerSecond: rate }: IntervalResult): string =>
  rate === undefined ? '-' : formatCount(rate)
