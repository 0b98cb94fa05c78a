import { stretchOf } from '../analysis/commands/outage.js'
import type { Recording } from '../recording/recording.js'
import type { CommandResult } from '../result/command.js'

/** What each command did to the target, until the next one or the end. */
export function commandsOf({ commands, reports, startNs }: Recording): CommandResult[] | undefined {
  if (commands === undefined) return undefined
  const timelines = reports.flatMap(({ trace }) => trace?.timeline ?? [])
  return commands.map(({ command, startedNs, endedNs, exitStatus, signal, failure, output, sockets }, i) => {
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
      ...(sockets && { sockets: { kept, closed: before.length - kept, opened: after.length - kept } }),
    }
  })
}
