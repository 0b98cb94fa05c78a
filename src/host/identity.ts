import os from 'node:os'
import type { RunResult } from '../result/run-result.js'

/** What this machine is, for the result. */
export function hostIdentity(): RunResult['host'] {
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
