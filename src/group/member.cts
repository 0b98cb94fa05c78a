// The entry of a member.
import serve = require('./serve.cjs')

export interface MemberTask extends serve.ServerTask {
  /** what it reads; then, where a front puts in what it reads, the socket through which it answers */
  fds: [socketFd: number, ...replyFd: number[]]
  index: number
  generation: number
  epochNs: string
  service: { kind: number; meanNs: number; tableOffset: number; tableLength: number }
}

serve<MemberTask>({
  open: (addon, task, memory) =>
    addon.memberOpen(
      task.fds[0],
      task.index,
      task.generation,
      BigInt(task.epochNs),
      task.payloadBytes,
      memory,
      task.blockOffset,
      task.service.kind,
      task.service.meanNs,
      task.service.tableOffset,
      task.service.tableLength,
      task.fds[1] ?? -1,
    ),
  step: (addon, member, maxNs) => addon.memberStep(member, maxNs),
})
