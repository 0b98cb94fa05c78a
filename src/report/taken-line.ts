import { formatCount, formatPercent } from '../units/format.js'
import type { TakenBalance, RunResult } from '../result/run-result.js'
import type { Line } from './line.js'
import type { Tone } from './style.js'

const RULINGS: Readonly<Record<TakenBalance['verdict'], { text: string; tone: Tone | undefined }>> = {
  even: { text: 'even', tone: 'good' },
  'heavy-flows': { text: 'uneven', tone: undefined },
  unexplained: { text: 'uneven', tone: 'warn' },
}

/** How evenly packets spread over members, and if they did not, whether heavy flows are the reason. */
export function takenLine({ takenBalance, balance, imbalance }: RunResult): Line | undefined {
  if (takenBalance === undefined) return undefined
  const { cv, effectiveFlows, fairCv, verdict } = takenBalance
  const fair = `a fair hash gives ${formatPercent(fairCv.expected)}, and stays under ${formatPercent(fairCv.p99)} in 99 % of runs`
  const weight = `${balance === undefined ? 'the' : formatCount(balance.flows)} flows weigh as much as ${formatCount(effectiveFlows)} equal ones (F_eff)`
  const spread = `spread (CV) ${formatPercent(cv)}`
  const phrases = {
    even: [spread, fair],
    'heavy-flows': [`${spread}, because some flows are heavy`, weight, fair],
    unexplained: [
      `${spread}, and the weights of the flows do not explain it`,
      fair,
      imbalance?.parts.delivery.verdict === 'uneven'
        ? 'members deliver unequally: see the next line'
        : 'compare drops, latency and hot members in the table',
    ],
  }[verdict]
  return { label: 'taken', verdict: RULINGS[verdict], phrases: phrases.map((text) => ({ text })) }
}
