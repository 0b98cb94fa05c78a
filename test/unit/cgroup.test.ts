import { describe, expect, it } from 'vitest'
import { controlGroups, parseThrottling, readThrottling, throttlingBetween } from '../../src/host/cgroup.js'

const cpuGroups = (cgroup: string, mountinfo: string): string[] =>
  controlGroups(cgroup, mountinfo, 'cpu').map(({ directory }) => directory)

const V2_MOUNT =
  '29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n'
// Firecracker guest with Linux 6.18: v1 controllers, and a unified hierarchy without any beside them
const HYBRID_MOUNTS = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`
const HYBRID = `4:memory:/process_api/0867
3:cpuset:/
1:cpu:/
0::/
`

describe('where the throttling of this process is counted', () => {
  it('in its own group and in each above it, which may have the quota', () =>
    expect(cpuGroups('0::/system.slice/bench.service\n', V2_MOUNT)).toEqual([
      '/sys/fs/cgroup',
      '/sys/fs/cgroup/system.slice',
      '/sys/fs/cgroup/system.slice/bench.service',
    ]))

  it('in the hierarchy of the CPU controller where that is v1, cpuset and cpuacct being others', () => {
    expect(cpuGroups(HYBRID, HYBRID_MOUNTS)).toEqual(['/sys/fs/cgroup/cpu'])
    expect(
      cpuGroups(
        '2:cpuset:/a\n5:cpu,cpuacct:/docker/f00\n0::/\n',
        '40 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n',
      ),
    ).toEqual([
      '/sys/fs/cgroup/cpu,cpuacct',
      '/sys/fs/cgroup/cpu,cpuacct/docker',
      '/sys/fs/cgroup/cpu,cpuacct/docker/f00',
    ])
  })

  it("at the mount itself where a container only sees its own group's part", () =>
    expect(
      cpuGroups(
        '5:cpu,cpuacct:/docker/f00\n',
        '40 31 0:33 /docker/f00 /sys/fs/cgroup/cpu,cpuacct ro master:14 - cgroup cgroup rw,cpu,cpuacct\n',
      ),
    ).toEqual(['/sys/fs/cgroup/cpu,cpuacct']))

  it('nowhere, where cgroups are not mounted or not there', () => {
    expect(cpuGroups('0::/\n', '25 1 0:5 / /proc rw - proc proc rw\n')).toEqual([])
    expect(cpuGroups('', V2_MOUNT)).toEqual([])
  })
})

describe('throttling', () => {
  it('is read from cpu.stat of cgroup v2, in µs', () =>
    expect(
      parseThrottling(
        'usage_usec 904875074\nuser_usec 498607459\nsystem_usec 405267614\nnr_periods 1200\nnr_throttled 37\nthrottled_usec 1250000\nnr_bursts 0\nburst_usec 0\n',
      ),
    ).toEqual({ count: 37, ns: 1_250_000_000 }))

  it('is read from cpu.stat of cgroup v1, in ns', () =>
    expect(parseThrottling('nr_periods 8\nnr_throttled 2\nthrottled_time 150000000\nnr_bursts 0\n')).toEqual({
      count: 2,
      ns: 150_000_000,
    }))

  it('is unknown in a group without those counters, as at the top of v2', () =>
    expect(
      parseThrottling('usage_usec 904875074\nuser_usec 1\nsystem_usec 2\nnice_usec 0\n'),
    ).toBeUndefined())

  it('is a difference', () =>
    expect(throttlingBetween({ count: 2, ns: 10 }, { count: 5, ns: 70 })).toEqual({ count: 3, ns: 60 }))

  it('is read from this host without complaint, whether it has it or not', () => {
    const throttling = readThrottling()
    expect(throttling === undefined || (throttling.count >= 0 && throttling.ns >= 0)).toBe(true)
  })
})
