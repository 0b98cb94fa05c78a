import { readFileSync } from 'node:fs'
import { kernelText } from './proc-text.js'

/** How packets that arrive on lo are handed to CPUs: the mask of RPS, and the entries of RFS. */
export interface PacketSteering {
  rpsCpus: string
  /** absent where it is shown to the first network namespace only */
  flowEntries?: number
}

const LO = '/sys/class/net/lo'

/** Packets that lo received, by the two places that tell it. */
const bySysfs = (): number => Number(kernelText(`${LO}/statistics/rx_packets`))
const byProc = (): number =>
  Number(/^\s*lo:\s*\d+\s+(\d+)/m.exec(readFileSync('/proc/self/net/dev', 'latin1'))?.[1])

/**
 * Reads it; undefined where /sys shows the `lo` of another network namespace than this process's, as it does until it is mounted
 * anew, or shows none.
 */
export function readPacketSteering(): PacketSteering | undefined {
  const rpsCpus = kernelText(`${LO}/queues/rx-0/rps_cpus`)
  const flowEntries = kernelText('/proc/sys/net/core/rps_sock_flow_entries')
  if (rpsCpus === undefined) return undefined
  const before = bySysfs()
  const proc = byProc()
  if (!(before <= proc && proc <= bySysfs())) return undefined
  return { rpsCpus, ...(flowEntries !== undefined && { flowEntries: Number(flowEntries) }) }
}
