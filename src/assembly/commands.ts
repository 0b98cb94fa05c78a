import { movesOf } from '../analysis/commands/moves.js'
import { stretchOf } from '../analysis/commands/outage.js'
import type { CommandRecording } from '../recording/command-recording.js'
import type { Recording } from '../recording/recording.js'
import type { SocketReadersReading } from '../recording/watched-group.js'
import type { CommandResult } from '../result/command.js'
import { ourSources } from './target.js'

/** What each command did to the target, until the next one or the end. */
export function commandsOf({ commands, reports, startNs, group }: Recording): CommandResult[] | undefined {
  if (commands === undefined) return undefined
  const timelines = reports.flatMap(({ trace }) => trace?.timeline ?? [])
  const ours = commands.some(({ counts }) => counts) ? ourSources({ reports }) : new Set<string>()
  return commands.map((recording, i) => {
    const { command, startedNs, endedNs, exitStatus, signal, failure, output, sockets, counts } = recording
    const next = commands[i + 1]?.counts ?? group.unknown?.counts
    const flows = counts && next && movesOf(commands[i - 1]?.counts, counts, next, ours)
    const { before = [], after = [] } = sockets ?? {}
    const kept = before.filter((inode) => after.includes(inode)).length
    return {
      command,
      atNs: Math.max(0, Math.round(startedNs - startNs)),
      ...(endedNs !== undefined && { tookNs: Math.round(endedNs - startedNs) }),
      ...(exitStatus !== undefined && { exitStatus }),
      ...(signal !== undefined && { signal }),
      ...(failure !== undefined && { failure }),
      ...(output !== '' && { output }),
      ...stretchOf(timelines, startedNs, commands[i + 1]?.startedNs ?? Infinity),
      ...(flows && { flows }),
      ...readersOf(recording),
      ...(sockets && { sockets: { kept, closed: before.length - kept, opened: after.length - kept } }),
    }
  })
}

/** By inode. */
const threadsOf = (side: readonly SocketReadersReading[]) =>
  new Map(side.flatMap((one) => (one.readers ? [[one.inode, one.readers.threads] as const] : [])))

/** Who read each socket on both sides of a command. */
function readersOf({ readers }: CommandRecording): Pick<CommandResult, 'readers' | 'readersUnknown'> {
  if (readers === undefined) return {}
  const [before, after] = [threadsOf(readers.before), threadsOf(readers.after)]
  const inodes = [...new Set([...before.keys(), ...after.keys()])]
  if (inodes.length === 0)
    return readers.before.length + readers.after.length === 0
      ? {}
      : { readersUnknown: 'this user may not look into the processes that hold the sockets' }
  return {
    readers: inodes.map((inode) => {
      const [threads, later] = [before.get(inode), after.get(inode)]
      return { inode, ...(threads && { before: threads }), ...(later && { after: later }) }
    }),
  }
}
