import { formatCount, formatDuration, formatPercent } from '../units/format.js'
import type { RunResult } from '../result/run-result.js'
import type { Line, Phrase } from './line.js'

function lost(n: number, what: string): Phrase[] {
  return n > 0 ? [{ text: `${formatCount(n)} ${what}`, tone: 'bad' }] : []
}

/** What the front of a group did, and what that cost; undefined without one. */
export function dispatchLine({ front, durationNs, members }: RunResult): Line | undefined {
  if (front === undefined) return undefined
  const { pid, taken, handedOn, drops, strangers, cpuNs, died } = front
  const notHandedOn = members.reduce((sum, member) => sum + (member.drops ?? 0), 0)
  const perDatagram = taken > 0 ? `, ${formatDuration(cpuNs / taken)} a datagram` : ''
  const share = durationNs > 0 ? formatPercent(cpuNs / durationNs, 0) : 'no part'
  return {
    label: 'front',
    ...(died !== undefined && { verdict: { text: 'died', tone: 'bad' } }),
    phrases: [
      { text: `pid ${pid}` },
      ...(died === undefined ? [] : [{ text: died }]),
      { text: `${formatCount(taken)} taken, ${formatCount(handedOn)} handed on` },
      ...lost(drops, 'dropped at its socket'),
      ...lost(notHandedOn, 'dropped in handing on'),
      ...(strangers > 0 ? [{ text: `${formatCount(strangers)} strangers` }] : []),
      { text: `${share} of a CPU${perDatagram}` },
    ],
  }
}
