import { describe, expect, it } from 'vitest'
import { DropsSeen } from '../../src/group/drops-seen.js'
import type { UdpSocket } from '../../src/host/udp-table.js'
import type { MemberCounters } from '../../src/recording/counters.js'

const socket = (inode: number, drops: number): UdpSocket => ({
  family: 'ipv4',
  address: '127.0.0.1',
  port: 4000,
  uid: 0,
  inode,
  queuedBytes: 0,
  drops,
})
const counting = (drops: number) => ({ drops, taken: [1, 2] }) as unknown as MemberCounters

describe('drops seen from outside', () => {
  it('are those of the socket of that life, as it was last seen, also when it is gone', () => {
    const seen = new DropsSeen()
    seen.note([socket(11, 3), socket(12, 4), socket(99, 1000)], [11, 12])
    seen.note([socket(12, 9)], [11, 12])
    expect([0, 1, 2].map((life) => seen.added(life, counting(0)).drops)).toEqual([3, 9, 0])
  })

  it('never take from what the member counted itself, and change nothing else', () => {
    const seen = new DropsSeen()
    seen.note([socket(11, 3)], [11])
    expect(seen.added(0, counting(5))).toEqual(counting(5))
    expect(seen.added(0, counting(1))).toEqual(counting(3))
  })
})
