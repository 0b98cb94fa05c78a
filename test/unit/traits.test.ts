import { describe, expect, it } from 'vitest'
import { judgeTraits, TRAIT_IDS, TRAITS } from '../../src/advice/traits/table.js'
import { statusOfDoctor } from '../../src/cli/exit-status.js'
import type { ControlGroup } from '../../src/host/cgroup.js'
import { readCpuQuota } from '../../src/host/cpu-quota.js'
import { readVirtual } from '../../src/host/virtual.js'
import type { SomeReadings, TraitId } from '../../src/recording/trait-readings.js'
import { renderDoctorText } from '../../src/report/doctor/text.js'
import type { DoctorCheck, DoctorResult } from '../../src/result/doctor-result.js'
import { sampleResult } from './sample-result.js'

/** What is found of one reading: its status, what was observed, and the first word of each command that changes it. */
function found(readings: SomeReadings): string {
  const [{ status, observed, cures = [] } = { status: 'none', observed: '' }, ...others] =
    judgeTraits(readings)
  expect(others).toEqual([])
  return [status, observed, ...cures.map(({ command = '' }) => command.split(' ')[0])].join(' | ')
}

const GROUP = { perSocket: [50, 50, 50, 50], moved: 0, lost: 0 }
const alone = { ...GROUP, perSocket: [200, 0, 0, 0] }

/** Readings with what is to be said of them: on the good side of each threshold, on the bad one, and where it is no threshold. */
const CASES: readonly [SomeReadings, RegExp][] = [
  [{ reuseport: { ...GROUP, loopbackDown: false } }, /^ok \| 200 flows over 4 sockets: 50, 50, 50, 50$/],
  [{ reuseport: { ...alone, loopbackDown: false } }, /^fail \| all 200 flows came to one of 4 sockets/],
  [
    { reuseport: { ...GROUP, perSocket: [70, 70, 60, 0], loopbackDown: false } },
    /^fail \| 200 flows came to 3 of 4 sockets only: 70, 70, 60, 0/,
  ],
  [{ reuseport: { perSocket: [1, 0, 0, 0], moved: 0, lost: 2, loopbackDown: false } }, /^fail \| of 3 flows/],
  [{ reuseport: { perSocket: [0, 0], moved: 0, lost: 2, loopbackDown: true } }, /^fail .* down \| ip$/],
  [{ reuseport: { refused: 'bind: no', loopbackDown: false } }, /^fail \| bind: no \| $/],
  [{ affinity: GROUP }, /^ok \| each of 200 flows stayed at one socket$/],
  [{ affinity: { ...GROUP, moved: 1 } }, /^fail \| 1 of 201 flows came to more than one socket/],
  [{ affinity: { perSocket: [0, 0], moved: 0, lost: 2 } }, /^unknown/],
  [{ members: { processes: 2, answered: 400, asked: 400 } }, /^ok/],
  [{ members: { processes: 2, answered: 399, asked: 400 } }, /^fail \| only 399 of 400/],
  [{ members: { processes: 2, answered: 0, asked: 400, failure: 'No room.' } }, /^fail \| No room\.$/],
  [{ 'io-uring': { used: true } }, /^ok/],
  [{ 'io-uring': { used: false } }, /^unknown/],
  [{ 'io-uring': { refused: 'no', disabled: '2', seccomp: true } }, /^warn \| no \| sysctl$/],
  [{ 'io-uring': { refused: 'no', seccomp: true } }, /^warn \| no \| $/],
  [{ 'io-uring': { refused: 'this kernel has none' } }, /^warn \| this kernel has none$/],
  [{ 'classic-bpf': { steered: { right: 20, sent: 20 } } }, /^ok/],
  [{ 'classic-bpf': { steered: { right: 5, sent: 20 } } }, /^warn \| it was attached, and 5 of 20/],
  [{ 'extended-bpf': { steered: { right: 20, sent: 20 } } }, /^ok/],
  [{ 'extended-bpf': { refused: 'EPERM', lacking: ['CAP_BPF'] } }, /^warn \| EPERM \| setpriv$/],
  [{ 'extended-bpf': { refused: 'EPERM', lacking: [], seccomp: true } }, /^warn \| EPERM \| $/],
  [{ 'extended-bpf': {} }, /^unknown/],
  [{ cpus: { allowed: 2, online: 2 } }, /^ok \| 2 of 2 CPUs$/],
  [{ cpus: { allowed: 1, online: 4, onlineList: '0-3' } }, /^warn \| 1 of 4 CPUs \| taskset$/],
  [{ cpus: { allowed: 1, online: 1, onlineList: '0' } }, /^warn \| 1 of 1 CPU \| $/],
  [{ 'cgroup-cpu': { allowed: 2 } }, /^ok \| no quota$/],
  [{ 'cgroup-cpu': { allowed: 2, quotaCpus: 2, group: '/a' } }, /^ok/],
  [
    { 'cgroup-cpu': { allowed: 2, quotaCpus: 1.5, group: '/a', file: '/c/cpu.max', lift: 'max' } },
    /^warn \| 1\.5 of 2 CPUs, in the control group \/a \| echo$/,
  ],
  [{ throttled: { count: 0, ns: 0 } }, /^ok/],
  [{ throttled: { noQuota: true } }, /^ok/],
  [{ throttled: { count: 1, ns: 5e7 } }, /^warn \| 1 time, for 50 ms in all/],
  [{ steal: { share: 0.02 } }, /^ok \| 2\.0 %$/],
  [{ steal: { share: 0.021 } }, /^warn \| 2\.1 %/],
  [{ 'busy-neighbour': { share: 0.1, cpus: 2 } }, /^ok/],
  [{ 'busy-neighbour': { share: 0.11, cpus: 2 } }, /^warn \| 11 % of 2 CPUs \| top$/],
  [{ governor: { governors: ['performance'] } }, /^ok/],
  [{ governor: { governors: ['performance', 'powersave'] } }, /^warn .* \| echo$/],
  [{ governor: { governors: [] } }, /^unknown/],
  [{ virtual: {} }, /^ok \| no sign of either$/],
  [
    { virtual: { machine: 'KVM', container: 'Docker' } },
    /^ok \| virtual machine \(KVM\), container \(Docker\)$/,
  ],
  [{ virtual: { container: 'gVisor' } }, /^warn/],
  [{ 'syscall-cost': { callNs: 1000 } }, /^ok \| 1 µs each$/],
  [
    { 'syscall-cost': { callNs: 2345, mitigations: ['meltdown'] } },
    /^warn \| 2\.3 µs each · mitigations: meltdown/,
  ],
  [
    { clock: { source: 'tsc', available: ['tsc'], readNs: 30, resolutionNs: 1 } },
    /^ok \| tsc · 30 ns a reading/,
  ],
  [{ clock: { source: 'hpet', available: ['tsc', 'hpet'], readNs: 900 } }, /^warn .* \| echo$/],
  [{ clock: { source: 'tsc', readNs: 30, resolutionNs: 4e6 } }, /^warn .* steps of 4 ms$/],
  [{ clock: { source: 'acpi_pm', available: [] } }, /^warn \| acpi_pm$/],
  [{ clock: { source: 'other' } }, /^unknown/],
  [{ 'timer-slack': { sleepNs: 1e6, medianLateNs: 2e5, worstLateNs: 3e6 } }, /^ok \| of 1 ms, 200 µs late/],
  [{ 'timer-slack': { sleepNs: 1e6, medianLateNs: 3e6, worstLateNs: 3e6 } }, /^warn/],
  [{ pauses: { longestNs: 2e6, watchedNs: 1e9 } }, /^ok \| 2 ms the longest/],
  [{ pauses: { longestNs: 2.1e6, watchedNs: 1e9 } }, /^warn/],
  [
    { 'member-memory': { residentBytes: 2 ** 20, freeBytes: 2 ** 26, bound: 'x' } },
    /^ok \| 1 MiB each: 64 fit/,
  ],
  [{ 'member-memory': { residentBytes: 2 ** 20, freeBytes: 2 ** 25, bound: 'x' } }, /^warn/],
  [{ 'member-memory': { residentBytes: 2 ** 20, freeBytes: 2 ** 20, bound: 'x' } }, /^fail/],
  [{ 'open-files': { limit: 20_000, used: 30 } }, /^ok \| 20,000 at most: room for some 19,900 flows/],
  [
    { 'open-files': { limit: 1024, used: 30 } },
    /^warn \| 1,024 at most: room for some 930 flows .* \| prlimit$/,
  ],
  [{ processes: { tasksPerMember: 4 } }, /^ok \| no limit$/],
  [{ processes: { tasksPerMember: 4, left: 256, bound: 'b', raise: 'r' } }, /^ok/],
  [
    { processes: { tasksPerMember: 4, left: 255, bound: 'b', raise: 'r' } },
    /^warn \| room for 63 members: b \| $/,
  ],
  [
    { processes: { tasksPerMember: 4, left: 7, bound: 'b', raise: 'raise it with ulimit -u' } },
    /^fail .* \| prlimit$/,
  ],
  [{ 'memory-lock': { bytes: 65_536, free: false, charged: true } }, /^warn \| 64 KiB \| prlimit$/],
  [{ 'memory-lock': { bytes: 65_536, free: true, charged: true } }, /^ok/],
  [{ 'memory-lock': { bytes: 65_536, free: false, charged: false } }, /^ok/],
  [{ 'ephemeral-ports': { first: 32_768, last: 60_999, reserved: 0 } }, /^ok \| 32768-60999: 28,232 flows/],
  [
    { 'ephemeral-ports': { first: 1, last: 10_000, reserved: 1 } },
    /^warn .* without 1 .* 9,999 flows .* \| sysctl$/,
  ],
  [{ 'receive-buffer': { mostBytes: 2 ** 20 } }, /^ok \| 1 MiB at most$/],
  [
    { 'receive-buffer': { mostBytes: 212_992, usualBytes: 212_992 } },
    /^warn \| 208 KiB at most, .* \| sysctl$/,
  ],
  [{ 'rps-rfs': { rpsCpus: '0000,00000000', flowEntries: 0 } }, /^ok/],
  [{ 'rps-rfs': { rpsCpus: '0' } }, /^unknown/],
  [
    { 'rps-rfs': { rpsCpus: 'f', flowEntries: 10 } },
    /^warn \| .*mask f, RFS with 10 entries \| echo \| sysctl$/,
  ],
  [{ conntrack: { loaded: false } }, /^ok \| there is none here$/],
  [{ conntrack: { loaded: true, entries: 99, flows: 200 } }, /^ok/],
  [
    { conntrack: { loaded: true, entries: 200, flows: 200, most: 65_536 } },
    /^warn .* of 65,536 at most \| nft$/,
  ],
  [{ ipv6: {} }, /^ok/],
  [{ ipv6: { refused: 'no ::1', disabled: true } }, /^warn \| no ::1 \| sysctl$/],
  [{ 'kernel-defects': { release: '6.18.44-vendor' } }, /^ok \| none that is known in 6\.18\.44-vendor$/],
  [{ 'kernel-defects': { release: '6.18.35' } }, /^ok/],
  [{ 'kernel-defects': { release: '6.18.34' } }, /^warn \| CVE-2026-52910/],
  [{ 'kernel-defects': { release: '6.12.90' } }, /^unknown \| whether 6\.12\.90 has CVE-2026-52910/],
  [{ 'kernel-defects': { release: '4.4.0' } }, /^warn \| 4\.4\.0: a group is a chain/],
]

describe('a trait', () => {
  it.each(CASES)('%j is judged', (readings, wanted) => expect(found(readings)).toMatch(wanted))

  it.each(TRAIT_IDS)('%s has a case that is ok and one that is not, here', (id) => {
    const statuses = CASES.filter(([readings]) => id in readings).map(
      ([readings]) => found(readings).split(' ')[0],
    )
    expect(statuses).toContain('ok')
    expect(statuses.some((status) => status !== 'ok')).toBe(true)
  })

  it.each(TRAIT_IDS)('%s that could not be found out is never ok', (id) =>
    expect(found({ [id]: { unknown: 'it is hidden' } })).toBe('unknown | it is hidden'),
  )

  it('that was not looked at is not told', () => expect(judgeTraits({})).toEqual([]))

  it.each(TRAIT_IDS)('%s names no cure that the document has not', (id) => {
    const documented = new Set(TRAITS[id].cures.map(({ command, does }) => shapeOf(command ?? does)))
    const named = CASES.filter(([readings]) => id in readings).flatMap(([readings]) =>
      judgeTraits(readings).flatMap(({ cures = [] }) =>
        cures.map(({ command, does }) => shapeOf(command ?? does)),
      ),
    )
    // What depends on the host beyond a value is said there in general.
    expect(named.filter((shape) => !documented.has(shape) && !/^R\.|second CPU/.test(shape))).toEqual([])
  })
})

/** A command without the values that depend on the host. */
const shapeOf = (text: string): string =>
  text.replace(/ -pc \S+/, ' -pc CPUS').replace(/^echo (max|-1) > .*/, 'echo > QUOTA')

/** What is seen of a host that has these files. */
const seen = (files: Record<string, string>): ReturnType<typeof readVirtual> =>
  readVirtual(
    (path) => files[path],
    (path) => path in files,
  )

describe('signs of a virtual machine or a container', () => {
  it.each([
    [
      'of a cloud',
      { '/proc/cpuinfo': 'flags\t: fpu hypervisor sse', '/sys/class/dmi/id/sys_vendor': 'Amazon EC2' },
      { machine: 'Amazon EC2' },
    ],
    [
      'of a machine of bare metal in a cloud',
      { '/proc/cpuinfo': 'flags\t: fpu sse', '/sys/class/dmi/id/sys_vendor': 'Amazon EC2' },
      {},
    ],
    [
      'of one that does not say what it is',
      { '/proc/cpuinfo': 'flags\t: hypervisor' },
      { machine: 'of an unknown maker' },
    ],
    [
      'on ARM',
      { '/proc/cpuinfo': 'Features\t: fp', '/sys/class/dmi/id/sys_vendor': 'QEMU' },
      { machine: 'KVM' },
    ],
    ['of Docker', { '/.dockerenv': '' }, { container: 'Docker' }],
    ['of Kubernetes', { '/proc/1/cgroup': '0::/kubepods/besteffort/pod1' }, { container: 'Kubernetes' }],
    [
      'of a sandbox',
      { '/proc/version': 'Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016' },
      { container: 'gVisor' },
    ],
    ['of none', {}, {}],
  ])('%s', (_, files, wanted) => expect(seen(files)).toEqual(wanted))
})

const v2 = (directory: string) => ({ directory, name: directory, version: 2 as const })

const quota = (files: Record<string, string>, groups: ControlGroup[] = [v2('/'), v2('/a'), v2('/a/b')]) =>
  readCpuQuota(groups, (path) => files[path])

describe('the CPU quota', () => {
  it('is the narrowest of all groups on the way', () =>
    expect(quota({ '/a/cpu.max': '150000 100000', '/a/b/cpu.max': '400000 100000' })).toEqual({
      cpus: 1.5,
      group: '/a',
      file: '/a/cpu.max',
      lift: 'max',
    }))

  it('is none where they say max, or nothing', () =>
    expect(quota({ '/a/cpu.max': 'max 100000' })).toBeUndefined())

  it('is read of version 1 too, where −1 is none', () => {
    const groups = [{ directory: '/c', name: '/', version: 1 as const }]
    const files = { '/c/cpu.cfs_quota_us': '50000', '/c/cpu.cfs_period_us': '100000' }
    expect(quota(files, groups)).toEqual({ cpus: 0.5, group: '/', file: '/c/cpu.cfs_quota_us', lift: '-1' })
    expect(quota({ ...files, '/c/cpu.cfs_quota_us': '-1' }, groups)).toBeUndefined()
  })
})

function sampleDoctor(statuses: Partial<Record<TraitId, DoctorCheck['status']>> = {}): DoctorResult {
  const checks = TRAIT_IDS.map((id): DoctorCheck => {
    const { expected, means, judged = false, cures } = TRAITS[id]
    const status = statuses[id] ?? 'ok'
    return { id, status, observed: 'so', expected, means, judged, cures: status === 'ok' ? [] : [...cures] }
  })
  return {
    schema: 'rpbench/doctor@1',
    tool: { name: 'rpbench', version: '0.1.0' },
    host: sampleResult().host,
    startedAt: '2026-11-22T10:13:00.000Z',
    durationNs: 3e9,
    works: true,
    checks,
  }
}

describe('the report of doctor', () => {
  const worst = Object.fromEntries(
    TRAIT_IDS.map((id, i) => [id, (['warn', 'fail', 'unknown'] as const)[i % 3]]),
  )

  it.each([40, 64, 100])('has no line longer than %i columns', (columns) => {
    const lines = renderDoctorText(sampleDoctor(worst), { columns, color: false }).split('\n')
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(lines.length).toBeGreaterThan(TRAIT_IDS.length)
  })

  it('says of what is ok what was found, and of the rest what changes it', () => {
    const text = renderDoctorText(sampleDoctor({ 'receive-buffer': 'warn' }), { columns: 110, color: false })
    expect(text).toContain(`
 ok        ephemeral-ports  so
 warn      receive-buffer   so
           expected: 1 MiB at least; matters for --receive-buffer: how long a queue of a member can be, and so
           what is dropped in a burst
           → sysctl -w net.core.rmem_max=8388608
             allows 8 MiB (as root, until reboot)
             to keep it: echo 'net.core.rmem_max = 8388608' >> /etc/sysctl.d/90-rpbench.conf
 ok        rps-rfs          so
`)
    expect(text).toMatch(/\n reuseport works {5}26 ok · 1 warn\n$/)
  })
})

describe('the exit status of doctor', () => {
  it.each([
    ['all ok', sampleDoctor(), 0, 0],
    ['a limit', sampleDoctor({ 'receive-buffer': 'warn' }), 0, 0],
    ['steal', sampleDoctor({ steal: 'warn' }), 0, 3],
    ['what a run is judged by is not known', sampleDoctor({ throttled: 'unknown' }), 0, 3],
    ['no room for a member', sampleDoctor({ processes: 'fail' }), 0, 3],
    ['no reuseport', { ...sampleDoctor({ reuseport: 'fail' }), works: false }, 1, 1],
    ['interrupted', { ...sampleDoctor(), works: false, stopped: 'interrupted' as const }, 130, 130],
  ])('%s', (_, result, plain, strict) => {
    expect(statusOfDoctor(result, false)).toBe(plain)
    expect(statusOfDoctor(result, true)).toBe(strict)
  })
})
