import os from 'node:os'

/** What a machine is. */
export interface HostIdentity {
  hostname: string
  kernel: string
  arch: string
  cpus: number
  cpuModel: string
  memoryBytes: number
  node: string
}

/** What this machine is, for the result. */
export function hostIdentity(): HostIdentity {
  const cpus = os.cpus()
  return {
    hostname: os.hostname(),
    kernel: os.release(),
    arch: os.arch(),
    cpus: cpus.length,
    cpuModel: cpus[0]?.model.trim() ?? 'unknown',
    memoryBytes: os.totalmem(),
    node: process.version,
  }
}
