import { addon } from '../native.js'
import { BLOCK_BYTES, type GroupCounters } from './counters.js'
import type { MemberHost } from './member-host.js'
import type { ServerOptions } from './servers.js'

type SpokenFor = Pick<ServerOptions, 'epochNs' | 'payloadBytes' | 'protocol'>

/**
 * Says for a server what it cannot say itself, since it stands still or had to be killed: what its socket dropped, and what
 * is left in its queue. For that it takes a descriptor of the socket, so that this does not close with the server.
 */
export class LastWords {
  private constructor(
    readonly fd: number,
    readonly behindFront: boolean,
  ) {}

  /** Undefined where this kernel (before 5.6) or container does not let a process have another's descriptors. */
  static of({ pid, fds }: MemberHost, behindFront: boolean): LastWords | undefined {
    const fd = addon.copyDescriptor(pid, fds[0]!)
    return fd < 0 ? undefined : new LastWords(fd, behindFront)
  }

  /** Counts into its block, once it was told to stop and counts no more itself. */
  speak({ memory }: GroupCounters, block: number, { epochNs, payloadBytes, protocol }: SpokenFor): void {
    const offset = BLOCK_BYTES * block
    // A member in its stead, that was told to stop: it counts and answers nothing. What is no UDP socket shows by there
    // being another one to answer through.
    const replyFd = this.behindFront ? this.fd : -1
    const opening = [this.fd, 0, 0, epochNs, payloadBytes, memory, offset, 0, 0, 0, 0, replyFd] as const
    const tcp = protocol === 'tcp'
    const member = tcp ? addon.tcpMemberOpen(...opening) : addon.memberOpen(...opening)
    if (typeof member !== 'number') {
      if (tcp) addon.tcpMemberStep(member, 0)
      else addon.memberStep(member, 0)
    }
    addon.close(this.fd)
  }
}
