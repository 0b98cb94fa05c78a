import { flagOf } from '../plan/parameters/table.js'
import { cpus, release } from 'node:os'
import { RpbenchError } from '../errors.js'
import { kernelAtLeast } from '../host/kernel.js'
import { addon, checked, SOL_SOCKET, SO_INCOMING_CPU } from '../native.js'
import type { Steering } from './steering.js'

/**
 * Steering by SO_INCOMING_CPU, which every user may set: member i gets what CPU i mod CPUs handles. Where
 * several members name the same CPU, the hash picks among them: the first one from its own position in the array on.
 */
export class IncomingCpuSteering implements Steering {
  readonly #cpus = cpus().length

  /** @throws RpbenchError RPB_STEERING before Linux 6.2, where the option has no say in a group */
  constructor() {
    if (!kernelAtLeast(6, 2))
      throw new RpbenchError(
        'RPB_STEERING',
        `${flagOf('steering')} incoming-cpu needs Linux 6.2 or later, and this is ${release()}: ${flagOf('steering')} cpu does the same by a classic BPF program.`,
      )
  }

  attach(fds: readonly number[]): void {
    for (const [member, fd] of fds.entries()) this.memberAdded(member, member, fd)
  }

  memberAdded(_lifeNumber: number, member: number, fd: number): void {
    checked(
      addon.setOption(fd, SOL_SOCKET, SO_INCOMING_CPU, member % this.#cpus),
      'setsockopt SO_INCOMING_CPU',
    )
  }

  memberRemoved(): void {}
  close(): void {}
}
