import { formatDuration, formatPercent } from '../units/format.js'

interface Measured {
  /** CPU time, ns, in so long, ns */
  runNs: number
  overNs: number
}

const shareOf = ({ runNs, overNs }: Measured): string => `${formatPercent(runNs / overNs)} of a CPU`

/** What counting at its sockets cost a server that is not ours. */
export function countingCost(counted: (Measured & { packets: number }) | undefined): string {
  if (counted === undefined)
    return 'what counting cost the server is not known: the kernel tells with CAP_SYS_ADMIN, or kernel.bpf_stats_enabled=1'
  return `counting cost the server ${formatDuration(counted.runNs / counted.packets)} a packet, ${shareOf(counted)}`
}

/** What seeing who takes cost those who read. */
export const readersCost = (readers: Measured & { reads: number }): string =>
  `seeing who reads cost all readers here ${formatDuration(readers.runNs / readers.reads)} a read, ${shareOf(readers)}`
