import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { createRequire } from 'node:module'
import { getEnvironmentData } from 'node:worker_threads'
import type { Addon } from '#native'
import { RpbenchError } from './errors.js'

export type { Addon }

const require = createRequire(import.meta.url)

/** The compiled addon. @throws RpbenchError where there is none for this machine, or one of another version */
function loadAddon(): Addon {
  try {
    return require('#native') as Addon
  } catch (error) {
    throw new RpbenchError('RPB_NATIVE', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}

export const addon = loadAddon()

export const AF_INET = 2
export const AF_INET6 = 10
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_NONBLOCK = 0o4000
export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_ERROR = 4
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_REUSEPORT = 15
export const SO_TIMESTAMPING = 37
/** Stamp what arrives, and tell: SOF_TIMESTAMPING_RX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE. */
export const STAMP_ARRIVALS = (1 << 3) | (1 << 4)
export const SO_INCOMING_CPU = 49
export const SO_ATTACH_REUSEPORT_EBPF = 52
export const SO_BINDTOIFINDEX = 62
export const SO_DETACH_REUSEPORT_BPF = 68
export const IPPROTO_IP = 0
export const IPPROTO_TCP = 6
export const IPPROTO_UDP = 17
export const IP_TTL = 2
export const IP_PKTINFO = 8
export const IP_UNICAST_IF = 50
export const TCP_NODELAY = 1
export const IPPROTO_IPV6 = 41
export const IPV6_UNICAST_HOPS = 16
export const IPV6_V6ONLY = 26
export const IPV6_RECVPKTINFO = 49
export const IPV6_FREEBIND = 78

/** Where the compiled addon is, for a child that loads nothing else: native/index.cjs found it, and told it for all threads. */
export function addonPath(): string {
  return getEnvironmentData('rpbench addon file') as string
}

/** Where the program is that a server is started through (native/src/launch.c): beside the addon. */
export function launcherPath(): string {
  return join(dirname(addonPath()), 'launch')
}

/** A failed system call: `code` is the errno's name, `syscall` the call, the message one sentence. */
export class SystemError extends Error {
  override readonly name = 'SystemError'
  readonly code: string
  constructor(
    readonly errno: number,
    readonly syscall: string,
  ) {
    const [code, meaning] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error']
    super(`${syscall}: ${meaning} (${code})`)
    this.code = code
  }
}

/** Hands a result on, or throws the SystemError that a negative one stands for. */
export function checked<T>(result: T | number, syscall: string): T {
  if (typeof result === 'number' && result < 0) throw new SystemError(-result, syscall)
  return result as T
}

/** CPU time of this thread so far, ns. @throws SystemError where it cannot be read */
export function threadCpuNs(): number {
  return checked(addon.threadCpuNs(), 'clock_gettime')
}

const OPEN_STEPS = ['socket', 'bind', 'connect', 'watching the socket'] as const

/** The error of `engineOpenFlow`, which says in one number which call failed and how. */
export function openFlowError(result: number): SystemError {
  return new SystemError(-result % 4096, OPEN_STEPS[Math.floor(-result / 4096)] ?? 'open')
}

const DEVICE_STEPS = ['/dev/net/tun', 'TUNSETIFF', 'setting up the device', 'watching the device'] as const

/** The error of `engineOpenDevice`, likewise. */
export function openDeviceError(result: number): SystemError {
  return new SystemError(-result % 4096, DEVICE_STEPS[Math.floor(-result / 4096)] ?? 'open')
}

export const { EADDRINUSE, EADDRNOTAVAIL, EMFILE, ENFILE, ENOMEM, ENOBUFS, EACCES } = constants.errno
