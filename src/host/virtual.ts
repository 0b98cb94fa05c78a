import { existsSync } from 'node:fs'
import { kernelText } from './proc-text.js'
import type { ReadText } from './freezer.js'

/** What may stand between this process and a machine. */
export interface Virtual {
  /** of a virtual machine: what runs it, as far as it says so */
  machine?: string
  /** of a container: what made it */
  container?: string
}

/** Makers of virtual machines, by what firmware, cpuinfo or the clock say of them. */
const MAKERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/amazon/i, 'Amazon EC2'],
  [/google/i, 'Google Compute Engine'],
  [/microsoft|hyperv/i, 'Hyper-V'],
  [/vmware/i, 'VMware'],
  [/virtualbox|innotek/i, 'VirtualBox'],
  [/xen/i, 'Xen'],
  [/kvm|qemu/i, 'KVM'],
]

/** As sandboxes that answer system calls themselves call their kernel: gVisor's has one date for ever. */
const GVISOR = /gvisor|#1 SMP Sun Jan 10 15:06:54 PST 2016/i

/** Control groups as container engines name them. */
const ENGINES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/kubepods/, 'Kubernetes'],
  [/docker/, 'Docker'],
  [/libpod/, 'Podman'],
  [/lxc/, 'LXC'],
]

/** Looks for signs of a virtual machine or a container; nothing where there are none. */
export function readVirtual(
  read: ReadText = kernelText,
  exists: (path: string) => boolean = existsSync,
): Virtual {
  const machine = machineOf(read)
  const container = containerOf(read, exists)
  return { ...(machine !== undefined && { machine }), ...(container !== undefined && { container }) }
}

function machineOf(read: ReadText): string | undefined {
  const firmware = ['sys_vendor', 'product_name', 'board_vendor'].map(
    (name) => read(`/sys/class/dmi/id/${name}`) ?? '',
  )
  const clocks = read('/sys/devices/system/clocksource/clocksource0/available_clocksource') ?? ''
  const told = [...firmware, read('/sys/hypervisor/type') ?? '', clocks].join(' ')
  const maker = MAKERS.find(([pattern]) => pattern.test(told))?.[1]
  // Of the CPU on x86; a cloud's machine may be of bare metal.
  const flagged = /^flags\s*:.*\bhypervisor\b/m.test(read('/proc/cpuinfo') ?? '')
  const onX86 = /^flags\s*:/m.test(read('/proc/cpuinfo') ?? '')
  if (flagged) return maker ?? 'of an unknown maker'
  return onX86 ? undefined : maker
}

function containerOf(read: ReadText, exists: (path: string) => boolean): string | undefined {
  if (GVISOR.test(read('/proc/version') ?? '')) return 'gVisor'
  if (/microsoft/i.test(read('/proc/sys/kernel/osrelease') ?? '')) return 'WSL'
  if (exists('/.dockerenv')) return 'Docker'
  if (exists('/run/.containerenv')) return 'Podman'
  const told = `${read('/proc/1/cgroup') ?? ''}\n${read('/proc/self/mountinfo') ?? ''}`
  return ENGINES.find(([pattern]) => pattern.test(told))?.[1]
}
