import { setImmediate as turn } from 'node:timers/promises'
import { readdirSync } from 'node:fs'
import { othersNs } from '../../analysis/validity/host-checks.js'
import { readControlGroups } from '../../host/cgroup.js'
import { readClockSource } from '../../host/clock-source.js'
import { readCpuQuota } from '../../host/cpu-quota.js'
import { kernelText } from '../../host/proc-text.js'
import { addon } from '../../native.js'
import type { HostReadings } from '../../recording/host-readings.js'
import type { SomeReadings, TraitReadings } from '../../recording/trait-readings.js'
import { HostWatch } from '../host-watch.js'

const BATCHES = 21
const CALLS = 1000
const SLEEPS = 100
const SLEEP_NS = 1e6
/** So long at a time, so that a Ctrl-C is heard. */
const SLICE_NS = 50e6
const WATCH_NS = 1e9
const VULNERABILITIES = '/sys/devices/system/cpu/vulnerabilities'

const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** What one of many costs, ns: the median over batches, which what interrupts a batch leaves alone. */
const costOf = (batch: (count: number) => number): number =>
  medianOf(Array.from({ length: BATCHES }, () => batch(CALLS))) / CALLS

export function probeSystemCall(): TraitReadings['syscall-cost'] {
  return { callNs: costOf((count) => addon.callsNs(count)), mitigations: mitigations() }
}

/** Of what the kernel works around, as far as it says so. */
function mitigations(): string[] {
  try {
    return readdirSync(VULNERABILITIES).filter((name) =>
      (kernelText(`${VULNERABILITIES}/${name}`) ?? '').startsWith('Mitigation'),
    )
  } catch {
    return []
  }
}

export function probeClock(): TraitReadings['clock'] {
  const resolutionNs = addon.clockResolutionNs()
  return {
    ...readClockSource(),
    readNs: costOf((count) => addon.clockReadsNs(count)),
    ...(resolutionNs >= 0 && { resolutionNs }),
  }
}

/** Sleeps in the calling thread, which nothing else needs meanwhile. @param signal ends it early */
export async function probeSleeps(signal: AbortSignal): Promise<TraitReadings['timer-slack'] | undefined> {
  const late: number[] = []
  while (late.length < SLEEPS && !signal.aborted) {
    late.push(addon.sleptNs(SLEEP_NS) - SLEEP_NS)
    if (late.length % 20 === 0) await turn()
  }
  return late.length < SLEEPS
    ? undefined
    : { sleepNs: SLEEP_NS, medianLateNs: medianOf(late), worstLateNs: Math.max(...late) }
}

/**
 * Reads the clock for a second in the calling thread, so that there is something to take a CPU from, while the host is watched.
 * @returns nothing where it was interrupted
 */
export async function watchASecond(
  signal: AbortSignal,
): Promise<Pick<SomeReadings, 'pauses' | 'steal' | 'throttled' | 'busy-neighbour'>> {
  const watch = new HostWatch(['ipv4'])
  let [longestNs, watchedNs] = [0, 0]
  for (; watchedNs < WATCH_NS && !signal.aborted; watchedNs += SLICE_NS) {
    longestNs = Math.max(longestNs, addon.longestGapNs(SLICE_NS))
    await turn()
  }
  if (watchedNs < WATCH_NS) return {}
  const { cpu, throttled } = watch.stop()
  return {
    pauses: { longestNs, watchedNs },
    ...cpuReadings(cpu),
    throttled: throttled ?? throttlingUnseen(),
  }
}

function cpuReadings(cpu: HostReadings['cpu']): Pick<SomeReadings, 'steal' | 'busy-neighbour'> {
  if (cpu === undefined || cpu.totalNs === 0) {
    const unknown = { unknown: '/proc/stat does not show the CPUs that this process may use' }
    return { steal: unknown, 'busy-neighbour': unknown }
  }
  const { processNs, interruptsInTasks, ...times } = cpu
  const use = {
    ...times,
    ownNs: processNs,
    ...(interruptsInTasks !== undefined && { interruptsInOwn: interruptsInTasks }),
  }
  return {
    // Of a CPU that has nothing to do nothing is withheld.
    steal: { share: cpu.stealNs / Math.max(1, cpu.busyNs + cpu.stealNs) },
    'busy-neighbour': { share: othersNs(use) / cpu.totalNs, cpus: cpu.allowedCpus },
  }
}

/** Why no group counts how often a quota stopped it. */
function throttlingUnseen(): TraitReadings['throttled'] | { unknown: string } {
  const groups = readControlGroups('cpu')
  if (groups.length === 0) return { unknown: 'control groups are not to be seen here' }
  return readCpuQuota(groups) === undefined
    ? { noQuota: true }
    : { unknown: 'there is a quota, and no cpu.stat' }
}
