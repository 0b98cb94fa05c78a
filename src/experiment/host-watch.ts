import { readThrottling, throttlingBetween, type Throttling } from '../host/cgroup.js'
import { cpusAllowed, cpuTimesBetween, readCpuTimes, type CpuTimes } from '../host/cpu-time.js'
import { migratesConnections } from '../host/limits.js'
import { kernelHasOption } from '../host/kernel-config.js'
import {
  listenStatisticsBetween,
  readListenStatistics,
  type ListenStatistics,
} from '../host/listen-statistics.js'
import { readTcpStatistics, tcpStatisticsBetween, type TcpStatistics } from '../host/tcp-statistics.js'
import { readUdpStatistics, udpStatisticsBetween, type UdpStatistics } from '../host/udp-statistics.js'
import type { HostReadings } from '../recording/host-readings.js'
import type { Family } from '../units/addresses.js'

/** The host's counters at one moment; absent where it does not tell. */
interface HostReading {
  cpu: CpuTimes | undefined
  throttling: Throttling | undefined
  udp: UdpStatistics | undefined
  listen: ListenStatistics | undefined
  tcp: TcpStatistics | undefined
  /** CPU time of this process, all threads, ns */
  processNs: number
}

/**
 * Watches what the host does while a phase is measured. To be made before the members' counters are first read, so
 * that what they count is in the host's counts too, and read before they are stopped.
 */
export class HostWatch {
  readonly #cpus = cpusAllowed()
  readonly #before: HostReading

  /** @param families those that the group takes; @param transport what its flows go over */
  constructor(
    readonly families: readonly Family[],
    readonly transport: 'udp' | 'tcp' = 'udp',
  ) {
    this.#before = this.#read()
  }

  #read(): HostReading {
    const { user, system } = process.cpuUsage()
    return {
      cpu: readCpuTimes(this.#cpus),
      throttling: readThrottling(),
      listen: this.transport === 'tcp' ? readListenStatistics() : undefined,
      udp: this.transport === 'udp' ? readUdpStatistics(this.families) : undefined,
      tcp: this.transport === 'tcp' ? readTcpStatistics() : undefined,
      processNs: (user + system) * 1000,
    }
  }

  /** The measured phase is over, and all its datagrams were taken or dropped: what passed since the watch began. */
  stop(): HostReadings {
    const [before, after] = [this.#before, this.#read()]
    const cpu = before.cpu && after.cpu && cpuTimesBetween(before.cpu, after.cpu)
    const migrates = migratesConnections()
    const interruptsApart = kernelHasOption('IRQ_TIME_ACCOUNTING')
    return {
      ...(cpu && {
        cpu: {
          allowedCpus: this.#cpus.length,
          busyNs: cpu.busyNs,
          interruptNs: cpu.interruptNs,
          stealNs: cpu.stealNs,
          totalNs: cpu.totalNs,
          processNs: after.processNs - before.processNs,
          ...(interruptsApart !== undefined && { interruptsInTasks: !interruptsApart }),
        },
      }),
      ...(migrates !== undefined && { migratesConnections: migrates }),
      ...(before.throttling &&
        after.throttling && { throttled: throttlingBetween(before.throttling, after.throttling) }),
      ...(before.tcp && after.tcp && { tcp: tcpStatisticsBetween(before.tcp, after.tcp) }),
      ...(before.udp && after.udp && { snmp: udpStatisticsBetween(before.udp, after.udp) }),
      ...(before.listen && after.listen && { listen: listenStatisticsBetween(before.listen, after.listen) }),
    }
  }
}
