/** CPU time over the measured phase, on the CPUs that this process and the members may use. */
export interface CpuReading {
  allowedCpus: number
  busyNs: number
  /** part of `busyNs` spent in interrupts; traffic over loopback arrives in soft interrupts */
  interruptNs: number
  stealNs: number
  totalNs: number
  /** CPU time of the client process, all threads */
  processNs: number
  /** whether the kernel books interrupts to the task they stop; absent where it does not say */
  interruptsInTasks?: boolean
}

/** What the host counted over the measured phase; absent where it does not tell. */
export interface HostReadings {
  cpu?: CpuReading
  /** quota periods in which this process's cgroup was stopped, and for how long (summed over CPUs) */
  throttled?: { count: number; ns: number }
  /** whether what waits at a listener that closes goes to another of its group (net.ipv4.tcp_migrate_req); absent where that is hidden */
  migratesConnections?: boolean
  /** TcpExt counters of this network namespace: ListenOverflows, ListenDrops, TCPSynRetrans */
  listen?: { overflows: number; drops: number; synRetransmits: number }
  /** where flows are connections: TCP counters of this network namespace */
  tcp?: { activeOpens: number; passiveOpens: number; estabResets: number }
  /** where they are not: UDP counters of it */
  snmp?: { inDatagrams: number; receiveBufferErrors: number; noPorts: number }
}
