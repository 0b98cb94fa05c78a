import type { Progress } from '../experiment/progress.js'
import { formatCount, formatPercent } from '../units/format.js'
import { roughTime } from './rough-time.js'

/** A part of the line; where not all fit, those go first that have the greatest number. */
interface Part {
  text: string
  goes: number
}

const SEPARATOR = ' · '

const part = (text: string | undefined | false, goes: number): Part[] => (text ? [{ text, goes }] : [])

/** Where a measurement is, in a line of at most so many columns. */
export function progressSentence(progress: Progress, columns = Infinity): string {
  const { of, phase, wave, remainingNs, doneShare, figures, silent } = progress
  const { rateHz, lossShare, maxOverMean } = phase === 'measuring' ? figures : {}
  const [which, ...where] = of?.split(SEPARATOR) ?? []
  let parts = [
    ...part(which, 1),
    ...part(where.join(SEPARATOR), 10),
    ...part(phase, which === undefined ? 2 : 6),
    ...part(wave && `wave ${wave.number} of ${wave.of}`, 5),
    ...part(silentWords(silent), 3),
    ...part(`${Math.floor(100 * doneShare)} %`, 0),
    ...part(`${roughTime(remainingNs)} left`, 4),
    ...part(rateHz !== undefined && `${formatCount(Math.round(rateHz))}/s`, 7),
    ...part(lossShare !== undefined && `loss ${lossWords(lossShare)}`, 8),
    ...part(maxOverMean !== undefined && `max/mean ${maxOverMean.toFixed(2)}`, 9),
  ]
  const line = (): string => parts.map(({ text }) => text).join(SEPARATOR)
  while (parts.length > 1 && line().length > columns) {
    const first = Math.max(...parts.map(({ goes }) => goes))
    parts = parts.filter(({ goes }) => goes !== first)
  }
  return line().slice(0, Math.max(0, columns))
}

/** A loss that is there is never shown as none. */
const lossWords = (share: number): string => {
  if (share === 0) return '0 %'
  return share < 0.001 ? '<0.1 %' : formatPercent(share)
}

function silentWords(silent: Progress['silent']): string | undefined {
  const members = silent.filter((who) => who !== 'front')
  const names = [
    ...(silent.length > members.length ? ['the front'] : []),
    ...(members.length > 0 ? [`member${members.length > 1 ? 's' : ''} ${members.join(', ')}`] : []),
  ]
  return names.length === 0 ? undefined : `${names.join(' and ')} silent`
}
