import { constants } from 'node:os'
import { readFileSync } from 'node:fs'
import { addon, SystemError } from '../native.js'

/** The value of a switch that forbids io_uring to some (1) or all (2) processes; undefined where there is none. */
export function switchedOff(): string | undefined {
  try {
    const value = readFileSync('/proc/sys/kernel/io_uring_disabled', 'utf8').trim()
    return value === '0' ? undefined : value
  } catch {
    return undefined
  }
}

/**
 * Why a client cannot have an io_uring, as half a sentence; undefined where it can.
 * @param multishotReads whether it is to read from a device, which later kernels can
 */
export function ioUringRefusal(multishotReads = false): string | undefined {
  const status = addon.uringProbe(multishotReads)
  if (status >= 0) return undefined
  const { EPERM, EACCES, ENOSYS, EINVAL } = constants.errno
  switch (-status) {
    case ENOSYS:
      return 'this kernel has none'
    case EINVAL:
      return `it takes Linux ${multishotReads ? '6.7' : '6.1'} or later`
    case EPERM:
    case EACCES: {
      const value = switchedOff()
      return value === undefined
        ? 'it is forbidden here, as the seccomp profiles of many containers do'
        : `it is forbidden here (kernel.io_uring_disabled is ${value})`
    }
    default:
      return new SystemError(-status, 'io_uring').message
  }
}
