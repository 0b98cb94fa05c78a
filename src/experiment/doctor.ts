import { judgeTraits, TRAITS } from '../advice/traits/table.js'
import { hostIdentity } from '../host/identity.js'
import { readHostTraits } from '../host/host-traits.js'
import { requireProc } from '../host/limits.js'
import type { HostFacts } from '../plan/run-plan.js'
import type { SomeReadings } from '../recording/trait-readings.js'
import type { DoctorCheck, DoctorResult } from '../result/doctor-result.js'
import { DOCTOR_SCHEMA } from '../result/schema-names.js'
import { probeGroup, probeIpv6 } from './doctor/group-probe.js'
import { probeMembers } from './doctor/members-probe.js'
import { probeClassicBpf, probeExtendedBpf } from './doctor/program-probes.js'
import { probeClock, probeSleeps, probeSystemCall, watchASecond } from './doctor/time-probes.js'

export interface DoctorOptions {
  /** what this host allows a run */
  facts: HostFacts
  toolVersion: string
  /** ends it before its time: what was probed by then is in the result */
  signal: AbortSignal
  /** told what is probed, before it is */
  onProgress?: (what: string) => void
}

/** Without these nothing can be measured. */
const NEEDED: ReadonlySet<string> = new Set(['reuseport', 'affinity', 'members'])

/** One after another, so that none disturbs what another measures. */
const PROBES: readonly {
  what: string
  probe: (options: DoctorOptions) => SomeReadings | Promise<SomeReadings>
}[] = [
  {
    what: 'reading settings',
    probe: ({ facts: { openFiles } }) => ({ ...readHostTraits(), 'open-files': openFiles }),
  },
  { what: 'sending 200 flows to a group', probe: probeGroup },
  {
    what: 'attaching programs',
    probe: () => ({
      'classic-bpf': probeClassicBpf(),
      'extended-bpf': probeExtendedBpf(),
      ipv6: probeIpv6(),
    }),
  },
  {
    what: 'starting members',
    probe: ({ facts, signal, toolVersion }) => probeMembers(facts, signal, toolVersion),
  },
  { what: 'timing system calls', probe: () => ({ 'syscall-cost': probeSystemCall(), clock: probeClock() }) },
  { what: 'sleeping', probe: async ({ signal }) => some('timer-slack', await probeSleeps(signal)) },
  { what: 'watching for a second', probe: ({ signal }) => watchASecond(signal) },
]

const some = <Id extends keyof SomeReadings>(id: Id, reading: SomeReadings[Id] | undefined): SomeReadings =>
  reading === undefined ? {} : { [id]: reading }

/**
 * Finds out what this host, container or virtual machine can measure, by trying it, and what limits it. Takes some seconds;
 * traffic stays on loopback, and nothing is changed.
 * @throws RpbenchError RPB_HOST where there is no /proc
 */
export async function doctor(options: DoctorOptions): Promise<DoctorResult> {
  requireProc()
  const startedAt = new Date()
  const since = performance.now()
  const { signal, toolVersion, onProgress } = options
  let readings: SomeReadings = {}
  for (const { what, probe } of PROBES) {
    // Signals are heard between two probes.
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) break
    onProgress?.(what)
    readings = { ...readings, ...(await probe(options)) }
  }
  const checks = checksOf(readings)
  const fine = (id: string): boolean => checks.some((check) => check.id === id && check.status === 'ok')
  return {
    schema: DOCTOR_SCHEMA,
    tool: { name: 'rpbench', version: toolVersion },
    host: hostIdentity(),
    startedAt: startedAt.toISOString(),
    durationNs: Math.round((performance.now() - since) * 1e6),
    ...(signal.aborted && { stopped: 'interrupted' as const }),
    works: [...NEEDED].every(fine),
    checks,
  }
}

function checksOf(readings: SomeReadings): DoctorCheck[] {
  return judgeTraits(readings).map(({ id, status, observed, cures = [] }) => {
    const { expected, means, judged = false } = TRAITS[id]
    return { id, status, observed, expected, means, judged, cures }
  })
}
