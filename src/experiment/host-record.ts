import { readThrottling, throttlingBetween, type Throttling } from '../host/cgroup.js'
import { cpusAllowed, cpuTimesBetween, readCpuTimes, type CpuTimes } from '../host/cpu-time.js'
import { kernelHasOption } from '../host/kernel-config.js'
import { readUdpStatistics, udpStatisticsBetween, type UdpStatistics } from '../host/udp-statistics.js'
import type { HostRecord } from './run-record.js'

type CpuCounted = { cpuNs: number }

/** The host's counters at one moment; absent where it does not tell. */
interface HostReading {
  cpu: CpuTimes | undefined
  throttling: Throttling | undefined
  udp: UdpStatistics | undefined
  /** CPU time of this process, all threads, ns */
  processNs: number
}

/**
 * Watches what the host did while a run measured. To be made before the members' counters are first read, so that
 * what they count is in the host's counts too, and read before they are stopped.
 */
export class HostWatch {
  readonly #cpus = cpusAllowed()
  readonly #before = this.#read()
  #after: HostReading | undefined

  #read(): HostReading {
    const { user, system } = process.cpuUsage()
    return {
      cpu: readCpuTimes(this.#cpus),
      throttling: readThrottling(),
      udp: readUdpStatistics(),
      processNs: (user + system) * 1000,
    }
  }

  /** The measured phase is over, and all its datagrams were taken or dropped. */
  stop(): void {
    this.#after = this.#read()
  }

  /** @param servers the counters of servers that are processes of their own, when the watch began and at their end */
  record(servers: readonly { before: CpuCounted; after: CpuCounted }[]): Omit<HostRecord, 'procNetUdpDrops'> {
    const before = this.#before
    const after = this.#after ?? this.#read()
    const cpu = before.cpu && after.cpu && cpuTimesBetween(before.cpu, after.cpu)
    const serverNs = servers.reduce((sum, server) => sum + server.after.cpuNs - server.before.cpuNs, 0)
    const interruptsApart = kernelHasOption('IRQ_TIME_ACCOUNTING')
    return {
      ...(cpu && {
        cpu: {
          allowedCpus: this.#cpus.length,
          busyNs: cpu.busyNs,
          interruptNs: cpu.interruptNs,
          stealNs: cpu.stealNs,
          totalNs: cpu.totalNs,
          ownNs: after.processNs - before.processNs + serverNs,
          ...(interruptsApart !== undefined && { interruptsInOwn: !interruptsApart }),
        },
      }),
      ...(before.throttling &&
        after.throttling && { throttled: throttlingBetween(before.throttling, after.throttling) }),
      ...(before.udp && after.udp && { snmp: udpStatisticsBetween(before.udp, after.udp) }),
    }
  }
}
