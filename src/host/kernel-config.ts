import { readFileSync } from 'node:fs'
import os from 'node:os'
import { gunzipSync } from 'node:zlib'

/** Whether a kernel's configuration sets `option` (without CONFIG_), from its text. */
export function parseKernelOption(config: string, option: string): boolean {
  return new RegExp(`^CONFIG_${option}=[ym]$`, 'm').test(config)
}

/** Whether the running kernel was built with `option`; undefined where its configuration is not to be found. */
export function kernelHasOption(option: string): boolean | undefined {
  const release = os.release()
  for (const file of ['/proc/config.gz', `/boot/config-${release}`, `/lib/modules/${release}/config`]) {
    try {
      const bytes = readFileSync(file)
      return parseKernelOption((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1'), option)
    } catch {
      // Not here, or not for this user.
    }
  }
  return undefined
}
