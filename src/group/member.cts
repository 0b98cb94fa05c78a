// The entry of a member.
import type { Addon } from '#native'
import serve = require('./serve.cjs')

export interface MemberTask extends serve.ServerTask {
  /** what it reads; then, where a front puts in what it reads, the socket through which it answers */
  fds: [socketFd: number, ...replyFd: number[]]
  index: number
  generation: number
  epochNs: string
  protocol: 'udp' | 'tcp'
  service: { kind: number; meanNs: number; tableOffset: number; tableLength: number }
}

type Opening = Parameters<Addon['memberOpen']>

const opening = (task: MemberTask, memory: ArrayBuffer): Opening => [
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
]

const UDP: serve.Kind<MemberTask> = {
  open: (addon, task, memory) => addon.memberOpen(...opening(task, memory)),
  step: (addon, member, maxNs) => addon.memberStep(member, maxNs),
  waitsIn: 'recvmmsg',
}

const TCP: serve.Kind<MemberTask> = {
  open: (addon, task, memory) => addon.tcpMemberOpen(...opening(task, memory)),
  step: (addon, member, maxNs) => addon.tcpMemberStep(member, maxNs),
  waitsIn: 'epoll_wait or accept4',
}

serve<MemberTask>(({ protocol }) => (protocol === 'tcp' ? TCP : UDP))
