import { movesOf } from '../analysis/commands/moves.js'
import { stretchOf } from '../analysis/commands/outage.js'
import type { Recording } from '../recording/recording.js'
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
      ...(sockets && { sockets: { kept, closed: before.length - kept, opened: after.length - kept } }),
    }
  })
}
