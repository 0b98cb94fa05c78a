import type { CommandResult } from '../result/command.js'
import type { RunResult } from '../result/run-result.js'
import { formatCount, formatDuration } from '../units/format.js'
import { plural } from '../units/plural.js'
import type { Line, Phrase } from './line.js'
import { threadInWords } from './reader-words.js'

/** What each command of `--on` did. */
export function commandLines({ commands = [] }: Pick<RunResult, 'commands'>): Line[] {
  return commands.map((command, i) => ({
    label: i === 0 ? 'on' : '',
    verdict: { text: formatDuration(command.atNs) },
    phrases: [
      { text: command.command },
      endOf(command),
      lossOf(command),
      ...movesOf(command),
      ...socketsOf(command),
      ...readersOf(command),
    ],
  }))
}

function endOf({ exitStatus, signal, failure, tookNs, output }: CommandResult): Phrase {
  if (failure !== undefined) return { text: `could not be started (${failure})`, tone: 'bad' }
  if (tookNs === undefined) return { text: 'had not ended with the run, and was ended', tone: 'warn' }
  const took = `after ${formatDuration(tookNs)}`
  if (exitStatus === 0) return { text: `exit status 0 ${took}` }
  const [said] = (output ?? '').trim().split('\n')
  const words = said ? `: ${said}` : ''
  return {
    text: `failed, ${signal === undefined ? `exit status ${exitStatus}` : signal} ${took}${words}`,
    tone: 'bad',
  }
}

function lossOf({ sent, lost, backNs }: CommandResult): Phrase {
  if (lost === 0) return { text: `none of ${plural(sent, 'request', 'requests')} lost` }
  return {
    text: `${formatCount(lost)} of ${plural(sent, 'request', 'requests')} lost, the last of them sent ${formatDuration(backNs ?? 0)} after it`,
    tone: 'bad',
  }
}

function movesOf({ flows }: CommandResult): Phrase[] {
  if (flows === undefined) return []
  const { seen, moved } = flows
  return [{ text: `${formatCount(moved)} of ${plural(seen, 'flow', 'flows')} moved to another socket` }]
}

function socketsOf({ sockets }: CommandResult): Phrase[] {
  if (sockets === undefined) return []
  const { kept, closed, opened } = sockets
  if (closed + opened === 0) return [{ text: `the same ${plural(kept, 'socket', 'sockets')}` }]
  return [
    { text: `sockets: ${formatCount(kept)} kept, ${formatCount(closed)} closed, ${formatCount(opened)} new` },
  ]
}

/** New readers that are named; of more, it is said how many they are. */
const MOST_NAMED = 4

/** Whether others read the sockets after it, and who. */
function readersOf({ readers, readersUnknown }: CommandResult): Phrase[] {
  if (readersUnknown !== undefined) return [{ text: `who reads them is not known: ${readersUnknown}` }]
  if (readers === undefined) return []
  const threadsOf = (side: 'before' | 'after') =>
    new Map(readers.flatMap((one) => (one[side] ?? []).map((thread) => [thread.threadId, thread])))
  const [before, after] = [threadsOf('before'), threadsOf('after')]
  const fresh = [...after.values()].filter(({ threadId }) => !before.has(threadId))
  const kept = after.size - fresh.length
  const gone = before.size - kept
  if (before.size + after.size === 0) return [{ text: 'nobody was seen to read them' }]
  if (fresh.length + gone === 0) return [{ text: `the same ${plural(kept, 'reader', 'readers')}` }]
  const names = fresh.slice(0, MOST_NAMED).map(threadInWords)
  const more = fresh.length > MOST_NAMED ? [`${formatCount(fresh.length - MOST_NAMED)} more`] : []
  const who = fresh.length === 0 ? '' : ` (${[...names, ...more].join(', ')})`
  return [
    {
      text: `readers: ${formatCount(kept)} kept, ${formatCount(gone)} gone, ${formatCount(fresh.length)} new${who}`,
    },
  ]
}
