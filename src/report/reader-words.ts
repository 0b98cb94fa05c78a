import type { Readers } from '../result/readers.js'
import { plural } from '../units/plural.js'

interface Read {
  readers?: Readers | undefined
}

/** A thread by its name, its process, and its number where it is not the first of that. */
export const threadInWords = ({ name, pid, threadId }: Readers['threads'][number]): string =>
  `${name} ${threadId === pid ? pid : `${pid}/${threadId}`}`

/** Who reads it: the thread, or how many. */
export function readersInWords({ readers }: Read): string {
  if (readers === undefined) return 'not known'
  const { threads, registeredBy, othersUnseen, takesSeen } = readers
  const [only, ...others] = threads
  if (only && others.length === 0) return threadInWords(only)
  if (only) {
    const processes = new Set(threads.map(({ pid }) => pid)).size
    return processes > 1
      ? plural(processes, 'process', 'processes')
      : plural(threads.length, 'thread', 'threads')
  }
  if (registeredBy.length > 0) return `epoll of ${registeredBy.join(', ')}`
  if (takesSeen) return 'nobody took'
  return othersUnseen ? 'not seen' : 'nobody seen'
}

/** How they were seen to read it: by the calls in which they wait, or by a program alone. */
export function readingInWords({ readers }: Read): string {
  const ways = [...new Set(readers?.threads.map(({ by }) => by))]
  return ways.length === 0 ? '-' : ways.join(', ')
}
