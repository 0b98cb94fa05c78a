import { kernelText } from './proc-text.js'

/** Their numbers (linux/capability.h). */
const CAPABILITIES = {
  CAP_NET_ADMIN: 12,
  CAP_IPC_LOCK: 14,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const
export type Capability = keyof typeof CAPABILITIES

/** Whether this process has a capability; undefined where /proc does not say. */
export function hasCapability(name: Capability): boolean | undefined {
  const [, hex] = /^CapEff:\s+([0-9a-f]+)$/m.exec(kernelText('/proc/self/status') ?? '') ?? []
  return hex === undefined ? undefined : (BigInt(`0x${hex}`) & (1n << BigInt(CAPABILITIES[name]))) !== 0n
}

/** Whether a seccomp filter stands between this process and the kernel. */
export function hasSeccompFilter(): boolean {
  return /^Seccomp:\s+2$/m.test(kernelText('/proc/self/status') ?? '')
}

/** Whether this process is in a user namespace of its own, where root is root of little. */
export function isInUserNamespace(): boolean {
  const map = kernelText('/proc/self/uid_map')
  return map !== undefined && !/^0\s+0\s+4294967295$/.test(map)
}
