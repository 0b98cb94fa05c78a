import { hasCapability } from '../host/capabilities.js'
import { RpbenchError } from '../errors.js'
import { SystemError } from '../native.js'
import type { ObserverRequest } from './observer.js'
import { SocketIterator } from './socket-iterator.js'
import { knowsThreads, Takers } from './takers.js'
import { asRoot, attachCommand, type Reason } from './words.js'

/** Begins to ask the kernel how it has the group, or says why not. */
export function openIterator(request: ObserverRequest): SocketIterator | Reason {
  // The kernel tells of the sockets of the namespace that asks.
  if (request.pid !== undefined)
    return {
      why: 'the group is in another network namespace',
      needs: 'to be run in that one',
      command: `nsenter --target ${request.pid} --net ${attachCommand(request)}`,
    }
  try {
    return new SocketIterator(request.protocol, request.port)
  } catch (error) {
    return refused(error, request, { what: 'reading the kernel’s tables by a program', since: 'Linux 5.9' })
  }
}

/** Begins to see which threads take from the group's sockets, or says why not. */
export function openTakers(request: ObserverRequest): Takers | Reason {
  if (!knowsThreads())
    return {
      why: 'this rpbench is in a namespace of processes of its own, where the kernel’s numbers of threads say nothing',
      needs: 'to be run outside of that',
    }
  try {
    return new Takers(request)
  } catch (error) {
    return refused(error, request, SEEN_AT[request.protocol])
  }
}

/** Where it is seen who takes, and what that takes: on arm64 the ends of functions came later. */
const SEEN_AT = {
  udp: { what: 'a program at the tracepoint sock_recv_length', since: 'Linux 6.3' },
  tcp: {
    what: 'a program at the end of inet_csk_accept',
    since: process.arch === 'arm64' ? 'Linux 6.0' : 'Linux 5.5',
  },
} as const

function refused(
  error: unknown,
  request: ObserverRequest,
  { what, since }: { what: string; since: string },
): Reason {
  const cause = error instanceof RpbenchError ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EPERM' || code === 'EACCES') {
    const lacking = (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => hasCapability(name) !== true)
    const needs =
      lacking.length > 0
        ? lacking.join(' and ')
        : 'a kernel that lets it be, neither locked down (lockdown(7)) nor built to refuse it'
    return { why: `${what} is refused (${code})`, needs, ...asRoot(request) }
  }
  if (code === 'ENOENT' || cause instanceof RangeError)
    return {
      why:
        code === 'ENOENT'
          ? 'this kernel does not describe its types'
          : `this kernel does not have what ${what} reads`,
      needs: `${since} built with CONFIG_DEBUG_INFO_BTF`,
    }
  if (cause instanceof SystemError || code !== undefined)
    return { why: `this kernel does not take ${what} (${String(code)})`, needs: since }
  throw error
}
