import { randomBytes } from 'node:crypto'
import type { GroupOptions } from '../../src/group/group-options.js'

/** A group of two member processes on a free port, but for `changes`. */
export function groupOptions(changes: Partial<GroupOptions>): GroupOptions {
  return {
    address: '127.0.0.1',
    port: 0,
    members: 2,
    server: 'processes',
    receiveBufferBytes: undefined,
    stampArrivals: 'always',
    payloadBytes: 64,
    runId: randomBytes(8).readBigUInt64LE(),
    epochNs: process.hrtime.bigint(),
    ...changes,
  }
}
