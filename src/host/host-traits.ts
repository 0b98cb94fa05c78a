import os from 'node:os'
import { getuid } from 'node:process'
import type { SomeReadings } from '../recording/trait-readings.js'
import { hasCapability } from './capabilities.js'
import { readControlGroups } from './cgroup.js'
import { readClockSource } from './clock-source.js'
import { cpusAllowed, parseCpuList } from './cpu-time.js'
import { readCpuQuota } from './cpu-quota.js'
import { kernelAtLeast } from './kernel.js'
import {
  ephemeralPortRange,
  maxReceiveBufferBytes,
  openFileLimit,
  resourceLimit,
  usualReceiveBufferBytes,
} from './limits.js'
import { readPacketSteering } from './packet-steering.js'
import { kernelText } from './proc-text.js'
import { readVirtual } from './virtual.js'

/** A trait that cannot be read here is not known; nothing stops for it. */
function reading<T>(read: () => T | undefined, unknown: string): T | { unknown: string } {
  try {
    return read() ?? { unknown }
  } catch {
    return { unknown }
  }
}

const HIDDEN = 'this host does not show it'

/** What is set here and read in some ten milliseconds: the traits that a run keeps beside its figures. */
export function readHostTraits(): SomeReadings {
  return {
    cpus: reading(cpuCount, HIDDEN),
    'cgroup-cpu': reading(quota, 'control groups are not to be seen here'),
    governor: reading(() => ({ governors: governors() }), HIDDEN),
    virtual: reading(readVirtual, HIDDEN),
    clock: reading(readClockSource, HIDDEN),
    'open-files': reading(() => ({ limit: openFileLimit() }), HIDDEN),
    'memory-lock': reading(lockedMemory, HIDDEN),
    'ephemeral-ports': reading(ports, HIDDEN),
    'receive-buffer': reading(receiveBuffer, HIDDEN),
    'rps-rfs': reading(readPacketSteering, '/sys does not show it of this network namespace'),
    'kernel-defects': { release: os.release() },
  }
}

function cpuCount(): SomeReadings['cpus'] {
  const allowed = cpusAllowed().length
  const onlineList = kernelText('/sys/devices/system/cpu/online')
  const online = onlineList === undefined ? os.cpus().length : parseCpuList(onlineList).length
  return allowed === 0 ? undefined : { allowed, online, ...(onlineList !== undefined && { onlineList }) }
}

function quota(): SomeReadings['cgroup-cpu'] {
  const groups = readControlGroups('cpu')
  if (groups.length === 0) return undefined
  const found = readCpuQuota(groups)
  const allowed = cpusAllowed().length
  return found === undefined
    ? { allowed }
    : { allowed, quotaCpus: found.cpus, group: found.group, file: found.file, lift: found.lift }
}

function governors(): string[] {
  const found = cpusAllowed().flatMap(
    (cpu) => kernelText(`/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_governor`) ?? [],
  )
  return [...new Set(found)].toSorted()
}

/** eBPF is held to the control group's memory instead since Linux 5.11; io_uring, as it is used here, always was. */
function lockedMemory(): SomeReadings['memory-lock'] {
  const bytes = resourceLimit('Max locked memory')
  return {
    ...(bytes !== undefined && { bytes }),
    free: getuid?.() === 0 || hasCapability('CAP_IPC_LOCK') === true,
    charged: !kernelAtLeast(5, 11),
  }
}

function ports(): SomeReadings['ephemeral-ports'] {
  const [first, last] = ephemeralPortRange()
  const reserved = parseCpuList(kernelText('/proc/sys/net/ipv4/ip_local_reserved_ports') ?? '')
  return { first, last, reserved: reserved.filter((port) => port >= first && port <= last).length }
}

function receiveBuffer(): SomeReadings['receive-buffer'] {
  const mostBytes = maxReceiveBufferBytes()
  const usualBytes = usualReceiveBufferBytes()
  return mostBytes === undefined ? undefined : { mostBytes, ...(usualBytes !== undefined && { usualBytes }) }
}
