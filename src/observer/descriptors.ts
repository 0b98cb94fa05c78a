import { fstatSync } from 'node:fs'
import { kernelAtLeast } from '../host/kernel.js'
import { addon, SystemError } from '../native.js'
import type { HeldSocket, SocketHolder } from '../recording/observation.js'
import { processWords, type Reason } from './words.js'

/**
 * Of a process of the same user it can be enough to be that user, unless the process or the host forbids it (ptrace(2)). Before
 * Linux 5.14 who holds a socket can only be seen where the folder of descriptors may be opened.
 */
const TRACING = kernelAtLeast(5, 14) ? 'CAP_SYS_PTRACE' : 'CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH'

/**
 * Uses a socket of another process through a descriptor of our own, which is closed again at once: while it is open a socket
 * whose process died would stay in its group, and take what nobody reads.
 * @returns what `use` says, or why the socket could not be had; undefined where it is closed
 */
export function withSocket<T>(
  { inode, holders }: Pick<HeldSocket, 'inode' | 'holders'>,
  use: (fd: number, holder: SocketHolder) => T,
): { used: T } | { not: Reason } | undefined {
  if (holders.length === 0)
    return { not: { why: 'who holds a socket of the group cannot be seen', needs: TRACING } }
  let refusal: Reason | undefined
  for (const holder of holders) {
    const fd = addon.copyDescriptor(holder.pid, holder.fd)
    if (fd < 0) {
      refusal ??= refusalOf(holder, new SystemError(-fd, 'pidfd_getfd'))
      continue
    }
    try {
      // The process may have closed it meanwhile, and have something else under its number.
      if (fstatSync(fd).ino === inode) return { used: use(fd, holder) }
    } finally {
      addon.close(fd)
    }
  }
  return refusal && { not: refusal }
}

/** Undefined where the process, or its descriptor, is not there any more. */
function refusalOf({ pid }: SocketHolder, { code }: SystemError): Reason | undefined {
  if (code === 'ESRCH' || code === 'EBADF') return undefined
  const why = `the sockets of ${processWords(pid)} are refused (${code})`
  return { why, needs: code === 'ENOSYS' ? 'Linux 5.6' : TRACING }
}
