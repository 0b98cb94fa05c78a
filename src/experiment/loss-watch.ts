import type { Load } from '../client/load.js'
import type { Group } from '../group/group.js'
import { readUdpStatistics } from '../host/udp-statistics.js'
import type { LossReading } from '../recording/loss-reading.js'
import type { Family } from '../units/addresses.js'
import type { Clock } from './testbed.js'

/** Reads what the kernel has counted so far of lost requests, without asking the members. */
export class LossWatch {
  /** @param families those that the group takes datagrams of */
  constructor(
    readonly group: Group,
    readonly clock: Clock,
    readonly families: readonly Family[],
    readonly load: Pick<Load, 'ended'>,
    readonly protocol: 'udp' | 'tcp' = 'udp',
  ) {}

  read(): LossReading {
    const atNs = this.clock.nowNs()
    const droppedAtMembers = this.group.droppedAtMembers()
    if (this.protocol === 'tcp') return { atNs, droppedAtMembers, ended: this.load.ended }
    const noPorts = readUdpStatistics(this.families)?.noPorts
    return { atNs, droppedAtMembers, ...(noPorts !== undefined && { noPorts }) }
  }
}
